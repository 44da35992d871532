package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * What a name must match.
 *
 * @param regexp a regular expression in RE2's syntax, found anywhere in the name unless it is anchored
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record FindName(
    @JsonPropertyDescription("A regular expression (RE2), found anywhere in the name unless ^ and $ anchor it.")
        @Required
        @Size(min = 1, max = 512)
        String regexp) {}
