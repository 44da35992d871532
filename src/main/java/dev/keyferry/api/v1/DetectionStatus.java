package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * How changes of a store's sources are noticed.
 *
 * @param mode {@code EachRead}, {@code BatchedReads}, {@code Sweep} or {@code Events}
 * @param message what would make it cheaper or quicker
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DetectionStatus(
    @JsonPropertyDescription(
            "EachRead: each source is read by itself at its interval. BatchedReads: many in one call. Sweep: a list says what has changed,"
                + " and only that is read. Events: events say so, beside rare sweeps.")
        @Size(max = 32)
        @Nullable String mode,
    @JsonPropertyDescription("What would make it cheaper or quicker.") @Size(max = 1024) @Nullable String message) {}
