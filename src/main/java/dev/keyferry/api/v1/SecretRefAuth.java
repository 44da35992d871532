package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * Static keys.
 *
 * @param accessKeyIDSecretRef where the access key id stands
 * @param secretAccessKeySecretRef where the secret access key stands
 * @param sessionTokenSecretRef where the session token of temporary keys stands; null for long-lived keys
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SecretRefAuth(
    @JsonPropertyDescription("Where the access key id stands.") @Required SecretKeyRef accessKeyIDSecretRef,
    @JsonPropertyDescription("Where the secret access key stands.") @Required SecretKeyRef secretAccessKeySecretRef,
    @JsonPropertyDescription("Where the session token of temporary keys stands.") @Nullable SecretKeyRef sessionTokenSecretRef) {}
