package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an ExternalSecret asks for.
 *
 * @param secretStoreRef the store to read through; null means the ClusterSecretStore that is marked as default
 * @param target the Secret to write; null means one of the ExternalSecret's name with policy Owner
 * @param data single keys of the target, each from one source; never null
 * @param dataFrom sources whose JSON fields all become keys of the target; never null
 * @param refreshInterval a duration such as {@code 1h}; null means the operator's default, zero means once
 * @param suspend true stops all reading and writing for this object
 * @param restart which workloads restart when the target changes; null leaves it to them and to their namespace
 */
@JsonClassDescription("What to read from AWS and which Secret to write.")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "(has(self.data) && size(self.data) > 0) || (has(self.dataFrom) && size(self.dataFrom) > 0)",
    message = "spec.data or spec.dataFrom must name at least one source")
@ValidationRule(
    value =
        "!has(self.data) || self.data.all(d, self.data.exists_one(e, e.secretKey == d.secretKey))",
    message = "spec.data[].secretKey must be unique: two entries write the same key")
@ValidationRule(
    value =
        "!has(self.refreshInterval) || self.refreshInterval == '0' ||"
            + " self.refreshInterval.matches('^([0-9]{1,6}([.][0-9]{1,6})?(ms|s|m|h))+$')",
    message = "spec.refreshInterval must be a duration such as 30s, 5m or 1h30m (0s: sync once)",
    fieldPath = ".refreshInterval")
public record ExternalSecretSpec(
    @JsonPropertyDescription(
            "The store to read through. May be left out where a ClusterSecretStore is marked as default with the annotation"
                + " keyferry.dev/default-store: \"true\" and admits this namespace.")
        @Nullable StoreRef secretStoreRef,
    @JsonPropertyDescription("The Secret to write, in the same namespace. Left out: a Secret with this object's name, owned by it.")
        @Nullable TargetSpec target,
    @JsonPropertyDescription("Single keys of the target, each from one remote secret. They win over keys from dataFrom.")
        @Size(max = 100)
        List<DataEntry> data,
    @JsonPropertyDescription(
            "Remote secrets whose JSON fields all become keys of the target, or that are found by name or tag. Later entries win over"
                + " earlier ones.")
        @Size(max = 100)
        List<DataFromEntry> dataFrom,
    @JsonPropertyDescription(
            "The longest time between two looks at a source, as a duration such as 30s, 5m or 1h. Left out: the operator's default"
                + " (5m). 0s: read once, and again only when this spec changes.")
        @Size(max = 32)
        @Nullable String refreshInterval,
    @JsonPropertyDescription("true stops reading and writing for this object; the target stays as it is.") @Nullable Boolean suspend,
    @JsonPropertyDescription("Which workloads restart when the target changes. Left out: those that ask for it by their annotation.")
        @Nullable RestartSpec restart) {

  /** Lists are never null and never change. */
  public ExternalSecretSpec {
    data = data == null ? List.of() : List.copyOf(data);
    dataFrom = dataFrom == null ? List.of() : List.copyOf(dataFrom);
  }

  /** Whether this object is to be left alone. */
  public boolean suspended() {
    return Boolean.TRUE.equals(suspend);
  }
}
