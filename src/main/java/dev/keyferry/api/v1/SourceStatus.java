package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One source as the target holds it.
 *
 * @param key what the ExternalSecret calls it
 * @param revision the VersionId, or the parameter's version
 * @param stages the staging labels of that version, sorted
 * @param region where it was read
 * @param changedTime when AWS created this version; null where AWS does not say
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SourceStatus(
    @JsonPropertyDescription("The source, as remoteRef.key names it.") @Required @Size(max = 2048) String key,
    @JsonPropertyDescription("VersionId of the secret, or version of the parameter, that the target holds.") @Required @Size(max = 256)
        String revision,
    @JsonPropertyDescription("Staging labels of that version.") @Size(max = 20)
        List<@Size(max = 256) String> stages,
    @JsonPropertyDescription("Region that it was read in.") @Size(max = 64) @Nullable String region,
    @JsonPropertyDescription("When AWS created that version.") @Nullable Instant changedTime) {

  /** Lists are never null and never change. */
  public SourceStatus {
    stages = stages == null ? List.of() : List.copyOf(stages);
  }
}
