package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A condition in the form of {@code metav1.Condition}.
 *
 * @param type Ready, Reconciling or Stalled
 * @param status True, False or Unknown
 * @param reason one word of {@code status.Reason}
 * @param message a stable sentence: no request id, no time, no moving count
 * @param observedGeneration the generation that this condition speaks of
 * @param lastTransitionTime when {@code status} last changed, whole seconds
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StatusCondition(
    @JsonPropertyDescription("Ready, Reconciling or Stalled.") @Required @Size(max = 316) String type,
    @JsonPropertyDescription("True, False or Unknown.") @Required @Size(max = 16) String status,
    @JsonPropertyDescription("Why, in one word.") @Required @Size(max = 1024) String reason,
    @JsonPropertyDescription("Why, in a sentence that says what to do.") @Size(max = 32768) @Nullable String message,
    @JsonPropertyDescription("The generation of spec that this condition speaks of.") @Nullable Long observedGeneration,
    @JsonPropertyDescription("When status last changed.") @Nullable Instant lastTransitionTime) {}
