package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * One key of the target and where its value comes from.
 *
 * @param secretKey the key in the target's data
 * @param remoteRef the source of its value
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.secretKey.matches('^[-._a-zA-Z0-9]+$')",
    message = "data[].secretKey may hold letters, digits, '-', '_' and '.' only",
    fieldPath = ".secretKey")
public record DataEntry(
    @JsonPropertyDescription("Key in the target's data: letters, digits, '-', '_' and '.'.") @Required @Size(min = 1, max = 253)
        String secretKey,
    @JsonPropertyDescription("Where the value comes from.") @Required RemoteRef remoteRef) {}
