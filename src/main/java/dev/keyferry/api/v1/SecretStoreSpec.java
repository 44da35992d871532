package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;

/**
 * How a SecretStore reaches AWS.
 *
 * @param provider where secrets are read
 */
@JsonClassDescription("How to reach AWS.")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value =
        "!has(self.provider.aws.auth) || !has(self.provider.aws.auth.secretRef) ||"
            + " (!has(self.provider.aws.auth.secretRef.accessKeyIDSecretRef.namespace) &&"
            + " !has(self.provider.aws.auth.secretRef.secretAccessKeySecretRef.namespace) &&"
            + " (!has(self.provider.aws.auth.secretRef.sessionTokenSecretRef) ||"
            + " !has(self.provider.aws.auth.secretRef.sessionTokenSecretRef.namespace)))",
    message = "auth.secretRef of a SecretStore may not name a namespace: its keys come from the store's own; use a ClusterSecretStore")
@ValidationRule(
    value =
        "!has(self.provider.aws.auth) || !has(self.provider.aws.auth.jwt) ||"
            + " !has(self.provider.aws.auth.jwt.serviceAccountRef.namespace)",
    message =
        "auth.jwt.serviceAccountRef of a SecretStore may not name a namespace: the ServiceAccount stands in the store's own; use a"
            + " ClusterSecretStore")
public record SecretStoreSpec(@JsonPropertyDescription("Where secrets are read.") @Required ProviderSpec provider) {}
