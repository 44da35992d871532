package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * A workload in the ExternalSecret's namespace.
 *
 * @param kind {@code Deployment}, {@code StatefulSet}, {@code DaemonSet} or {@code Rollout}
 * @param name its name
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.kind in ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']",
    message = "restart.targets[].kind must be Deployment, StatefulSet, DaemonSet or Rollout (of Argo)",
    fieldPath = ".kind")
public record RestartTarget(
    @JsonPropertyDescription("Deployment, StatefulSet, DaemonSet or Rollout (of Argo).") @Required @Size(max = 32) String kind,
    @JsonPropertyDescription("Name of the workload.") @Required @Size(min = 1, max = 253) String name) {}
