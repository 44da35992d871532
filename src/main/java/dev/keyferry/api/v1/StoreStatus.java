package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a store's identity works. It is written only when it differs.
 *
 * @param observedGeneration the generation that the rest speaks of
 * @param conditions Ready, and Reconciling or Stalled while true
 * @param identity ARN of the caller that STS reports; null where it is not known or depends on the namespace
 * @param changeDetection how changes are noticed; null where there is no one identity that works
 */
@JsonClassDescription("Whether the store's identity works.")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StoreStatus(
    @JsonPropertyDescription("The generation of spec that this status speaks of.") @Nullable Long observedGeneration,
    @JsonPropertyDescription("Ready: whether the store's identity works.") @Size(max = 16) List<StatusCondition> conditions,
    @JsonPropertyDescription("ARN that AWS knows this store's identity by.") @Size(max = 2048) @Nullable String identity,
    @JsonPropertyDescription("How changes of this store's sources are noticed, which follows from what its identity may do.")
        @Nullable DetectionStatus changeDetection) {

  /** Lists are never null and never change. */
  public StoreStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
