package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which workloads restart when the target changes. A workload's own annotation wins over it, and it wins over the namespace's.
 *
 * @param enabled true restarts workloads that do not say; false does not, whatever the namespace says; null leaves it to the namespace
 * @param targets the workloads that are restarted; empty means every one that references the target; never null
 * @param trigger {@code Version} (also when null) or {@code Data}
 * @param window when workloads are restarted that have no window of their own; null means always
 * @param maxDefer a duration after which they are restarted outside of the window too; null means never
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.targets) || size(self.targets) == 0 || (has(self.enabled) && self.enabled)",
    message = "restart.targets needs restart.enabled: true",
    fieldPath = ".targets")
@ValidationRule(
    value = "!has(self.trigger) || self.trigger in ['Version', 'Data']",
    message = "restart.trigger must be Version or Data",
    fieldPath = ".trigger")
@ValidationRule(
    value =
        "!has(self.window) ||"
            + " self.window.matches('^([A-Za-z,-]+ +)?[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]( +[A-Za-z0-9_/+-]+)?$')",
    message = "restart.window must be days, hours and a time zone, such as: Sat,Sun 02:00-04:00 Europe/Berlin",
    fieldPath = ".window")
@ValidationRule(
    value = "!has(self.maxDefer) || self.maxDefer.matches('^[1-9][0-9]{0,5}[smhd]$')",
    message = "restart.maxDefer must be a duration such as 90m, 24h or 7d",
    fieldPath = ".maxDefer")
public record RestartSpec(
    @JsonPropertyDescription(
            "true restarts workloads in this namespace that use the target and have no annotation keyferry.dev/restart-on-change. false does"
                + " not, whatever the namespace's annotation says. Left out: as the namespace says.")
        @Nullable Boolean enabled,
    @JsonPropertyDescription(
            "The workloads to restart, whether they reference the target or read it by themselves. Left out: every one that references it.")
        @Size(max = 50)
        List<RestartTarget> targets,
    @JsonPropertyDescription(
            "Version (also when left out): restart when a source's version moves. Data: restart when what the target holds changes, by a new"
                + " value or an edit of this spec; a new version with the same value restarts nothing.")
        @Size(max = 32)
        @Nullable String trigger,
    @JsonPropertyDescription(
            "Restart only then, as in Sat,Sun 02:00-04:00 Europe/Berlin. Days and zone (UTC) may be left out. For workloads that have no"
                + " annotation keyferry.dev/restart-window.")
        @Size(max = 128)
        @Nullable String window,
    @JsonPropertyDescription("Restart outside of the window too, that long after the change, such as 24h or 7d. Left out: never.")
        @Size(max = 16)
        @Nullable String maxDefer) {

  /** Lists are never null and never change. */
  public RestartSpec {
    targets = targets == null ? List.of() : List.copyOf(targets);
  }
}
