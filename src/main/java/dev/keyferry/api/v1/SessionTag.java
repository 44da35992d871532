package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * An STS session tag.
 *
 * @param key its name, 1 to 128 characters
 * @param value its value, at most 256 characters
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SessionTag(
    @JsonPropertyDescription("Name of the tag.") @Required @Size(min = 1, max = 128) String key,
    @JsonPropertyDescription("Value of the tag.") @Required @Size(max = 256) String value) {}
