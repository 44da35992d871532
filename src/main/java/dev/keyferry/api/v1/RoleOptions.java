package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one of a store's {@code additionalRoles} is assumed.
 *
 * @param role which of them
 * @param externalID what its trust policy asks for; null for none
 * @param sessionTags session tags for it; never null
 * @param transitiveTagKeys keys of those tags that the roles assumed after it inherit; never null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RoleOptions(
    @JsonPropertyDescription("ARN of the role, as additionalRoles names it.") @Required @Size(min = 1, max = 2048) String role,
    @JsonPropertyDescription("External id that the role's trust policy asks for.") @Size(min = 2, max = 1224) @Nullable String externalID,
    @JsonPropertyDescription("Session tags for the role; its trust policy must allow sts:TagSession.") @Size(max = 50)
        List<SessionTag> sessionTags,
    @JsonPropertyDescription("Keys of the session tags that the roles assumed after this one inherit.") @Size(max = 50)
        List<@Size(min = 1, max = 128) String> transitiveTagKeys) {

  /** Lists are never null and never change. */
  public RoleOptions {
    sessionTags = sessionTags == null ? List.of() : List.copyOf(sessionTags);
    transitiveTagKeys = transitiveTagKeys == null ? List.of() : List.copyOf(transitiveTagKeys);
  }
}
