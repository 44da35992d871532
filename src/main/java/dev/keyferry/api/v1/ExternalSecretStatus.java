package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator last observed and did. It is written only when it differs.
 *
 * @param observedGeneration the generation that the rest speaks of
 * @param conditions one per type: Ready, and Reconciling or Stalled while true (kstatus)
 * @param sources the revisions that the target holds, sorted by key; at most {@value #MAX_SOURCES}
 * @param target the Secret that is written; null before the first write
 * @param lastChangedTime when the target's content last changed; null before the first write
 */
@JsonClassDescription("What the operator last observed and did.")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ExternalSecretStatus(
    @JsonPropertyDescription("The generation of spec that this status speaks of.") @Nullable Long observedGeneration,
    @JsonPropertyDescription("Ready; Reconciling while work goes on; Stalled while it needs somebody to act.") @Size(max = 16)
        List<StatusCondition> conditions,
    @JsonPropertyDescription("The revisions that the target holds, at most 100. A revision is no secret.") @Size(max = 100)
        List<SourceStatus> sources,
    @JsonPropertyDescription("The Secret that is written.") @Nullable TargetStatus target,
    @JsonPropertyDescription("When the target's content last changed.") @Nullable Instant lastChangedTime) {

  /** How many sources a status lists. */
  public static final int MAX_SOURCES = 100;

  /** Lists are never null and never change. */
  public ExternalSecretStatus {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
    sources = sources == null ? List.of() : List.copyOf(sources);
  }
}
