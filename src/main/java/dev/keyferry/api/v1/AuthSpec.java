package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Whose identity a store begins with. With both parts given, {@code jwt} is used, as in External Secrets Operator.
 *
 * @param secretRef static keys from a Secret
 * @param jwt a ServiceAccount's IAM role
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.secretRef) || has(self.jwt)",
    message = "provider.aws.auth must hold secretRef or jwt; leave auth out to use the operator's own identity")
public record AuthSpec(
    @JsonPropertyDescription("Static keys from a Secret.") @Nullable SecretRefAuth secretRef,
    @JsonPropertyDescription("The IAM role of a ServiceAccount, by its annotation eks.amazonaws.com/role-arn.") @Nullable JwtAuth jwt) {}
