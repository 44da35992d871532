package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/**
 * A ServiceAccount's web identity.
 *
 * @param serviceAccountRef the ServiceAccount
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record JwtAuth(
    @JsonPropertyDescription("The ServiceAccount whose role is assumed with a token of its own.") @Required
        ServiceAccountRef serviceAccountRef) {}
