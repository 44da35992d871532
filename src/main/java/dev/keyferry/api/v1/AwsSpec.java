package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a store reaches AWS.
 *
 * @param service {@code SecretsManager} or {@code ParameterStore}
 * @param region the region to read in
 * @param role ARN of a role to assume last; null assumes none
 * @param externalID external id for {@code role}
 * @param sessionTags session tags for {@code role}
 * @param auth who begins; null means the operator itself
 * @param endpoint overrides the service's endpoint, never that of STS
 * @param additionalRoles ARNs of roles to assume before {@code role}, first to last; never null
 * @param additionalRoleOptions how those are assumed; never null
 * @param transitiveTagKeys keys of {@code sessionTags} that are transitive; never null
 * @param useFips true calls FIPS endpoints, of STS too
 * @param useDualStack true calls endpoints that answer over IPv6 too, of STS too
 * @param prefix stands before every key that an ExternalSecret names; null for none
 * @param sessionTagsPolicy {@code None}, {@code Simple} or {@code Custom}: whether session tags name who reads; null means None
 * @param customSessionTags tags besides those of {@code Custom}; never null
 * @param changeDetection {@code Auto}, or {@code Strict} to read every source at its interval; null means Auto
 * @param failoverRegions regions to read in while {@code region} does not serve, first to last; never null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "self.service in ['SecretsManager', 'ParameterStore']",
    message = "provider.aws.service must be SecretsManager or ParameterStore",
    fieldPath = ".service")
@ValidationRule(
    value = "self.region.matches('^" + AwsSpec.REGION + "$')",
    message = "provider.aws.region must be a region name such as eu-central-1",
    fieldPath = ".region")
@ValidationRule(
    value = "!has(self.role) || self.role.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$')",
    message = "provider.aws.role must be the full ARN of a role: arn:aws:iam::123456789012:role/name",
    fieldPath = ".role")
@ValidationRule(
    value = "!has(self.sessionTagsPolicy) || self.sessionTagsPolicy in ['None', 'Simple', 'Custom']",
    message = "provider.aws.sessionTagsPolicy must be None, Simple or Custom",
    fieldPath = ".sessionTagsPolicy")
@ValidationRule(
    value = "!has(self.sessionTagsPolicy) || self.sessionTagsPolicy == 'None' || has(self.role)",
    message = "provider.aws.sessionTagsPolicy belongs to the assumption of provider.aws.role, which is missing")
@ValidationRule(
    value =
        "!has(self.customSessionTags) || !self.customSessionTags.exists(k, k in ['esoNamespace', 'esoStoreName', 'esoStoreKind'])",
    message = "provider.aws.customSessionTags may not hold esoNamespace, esoStoreName or esoStoreKind",
    fieldPath = ".customSessionTags")
@ValidationRule(
    value = "has(self.role) || (!has(self.externalID) && !has(self.sessionTags) && !has(self.transitiveTagKeys))",
    message =
        "provider.aws.externalID, sessionTags and transitiveTagKeys belong to the assumption of provider.aws.role, which is missing")
@ValidationRule(
    value =
        "!has(self.additionalRoles) ||"
            + " self.additionalRoles.all(r, r.matches('^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$'))",
    message = "provider.aws.additionalRoles must hold full ARNs of roles: arn:aws:iam::123456789012:role/name",
    fieldPath = ".additionalRoles")
@ValidationRule(
    value =
        "!has(self.additionalRoleOptions) || (has(self.additionalRoles) &&"
            + " self.additionalRoleOptions.all(o, o.role in self.additionalRoles))",
    message = "provider.aws.additionalRoleOptions[].role must be one of provider.aws.additionalRoles")
@ValidationRule(
    value =
        "!has(self.endpoint) || ((!has(self.useFips) || !self.useFips) && (!has(self.useDualStack) || !self.useDualStack))",
    message = "provider.aws.useFips and useDualStack choose among AWS's own endpoints: leave endpoint out, or name one of that kind alone")
@ValidationRule(
    value = "!has(self.endpoint) || self.endpoint.matches('^https?://[^/?#@]+/?$')",
    message = "provider.aws.endpoint must be a URL such as https://vpce-0123.secretsmanager.eu-central-1.vpce.amazonaws.com",
    fieldPath = ".endpoint")
@ValidationRule(
    value = "!has(self.changeDetection) || self.changeDetection in ['Auto', 'Strict']",
    message = "provider.aws.changeDetection must be Auto or Strict",
    fieldPath = ".changeDetection")
@ValidationRule(
    value =
        "!has(self.failoverRegions) || self.failoverRegions.all(r, r != self.region && r.matches('^" + AwsSpec.REGION + "$')"
            + " && self.failoverRegions.exists_one(o, o == r))",
    message = "provider.aws.failoverRegions must name regions such as eu-west-1, each once, and not provider.aws.region",
    fieldPath = ".failoverRegions")
public record AwsSpec(
    @JsonPropertyDescription("SecretsManager or ParameterStore.") @Required @Size(min = 1, max = 32) String service,
    @JsonPropertyDescription("Region to read in, such as eu-central-1.") @Required @Size(min = 1, max = 64) String region,
    @JsonPropertyDescription("ARN of a role to assume before reading. Left out: the base identity itself reads.") @Size(max = 2048)
        @Nullable String role,
    @JsonPropertyDescription("External id that the role's trust policy asks for.") @Size(min = 2, max = 1224) @Nullable String externalID,
    @JsonPropertyDescription("Session tags for the role; its trust policy must allow sts:TagSession.") @Size(max = 50)
        List<SessionTag> sessionTags,
    @JsonPropertyDescription("Whose identity begins. Left out: the operator's own (its ServiceAccount's IAM role).") @Nullable AuthSpec auth,
    @JsonPropertyDescription(
            "Overrides the service's endpoint, for a VPC endpoint. Never used for STS. On a SecretStore it must be https and match the"
                + " operator's list of allowed endpoints.")
        @Size(max = 512)
        @Nullable String endpoint,
    @JsonPropertyDescription(
            "ARNs of roles to assume one after the other, before role. STS lets each session of such a chain live for an hour at most.")
        @Size(max = 10)
        List<@Size(min = 1, max = 2048) String> additionalRoles,
    @JsonPropertyDescription("External id and session tags for single ones of additionalRoles.") @Size(max = 10)
        List<RoleOptions> additionalRoleOptions,
    @JsonPropertyDescription("Keys of sessionTags that sessions assumed from the role's own inherit.") @Size(max = 50)
        List<@Size(min = 1, max = 128) String> transitiveTagKeys,
    @JsonPropertyDescription("true calls the FIPS endpoints of the service and of STS, where the region has them.") @Nullable Boolean useFips,
    @JsonPropertyDescription("true calls the dual-stack (IPv6) endpoints of the service and of STS.") @Nullable Boolean useDualStack,
    @JsonPropertyDescription(
            "Stands before every key that an ExternalSecret names, as written, so that keys here may not be ARNs. dataFrom[].find finds only"
                + " names that begin with it, and gives them whole.")
        @Size(max = 512)
        @Nullable String prefix,
    @JsonPropertyDescription(
            "Simple: the role's session is tagged with esoNamespace, esoStoreName and esoStoreKind in place of sessionTags; Custom: with"
                + " customSessionTags besides; None (default): with sessionTags.")
        @Size(max = 16)
        @Nullable String sessionTagsPolicy,
    @JsonPropertyDescription("Further session tags where sessionTagsPolicy is Custom.") @Size(max = 47)
        Map<String, @Size(max = 256) String> customSessionTags,
    @JsonPropertyDescription(
            "Auto (default) takes the cheapest way that the identity is permitted: events, a sweep of the list of secrets, reads in batches,"
                + " single reads; lists may be some minutes behind. Strict reads every source at its interval, whatever lists show.")
        @Size(max = 32)
        @Nullable String changeDetection,
    @JsonPropertyDescription(
            "Regions that the sources are replicated to, read in this order only while region does not answer or answers with faults. Never"
                + " used for dataFrom[].find, nor when AWS refuses or throttles.")
        @Size(max = 3)
        List<@Size(min = 1, max = 64) String> failoverRegions) {

  /** What a region's name looks like, for CEL and for Java. */
  public static final String REGION = "[a-z]{2,8}(-[a-z]{2,12})+-[0-9]{1,2}";

  /** What every store has; nothing else is set. */
  public AwsSpec(
      String service,
      String region,
      @Nullable String role,
      @Nullable String externalID,
      List<SessionTag> sessionTags,
      @Nullable AuthSpec auth,
      @Nullable String endpoint) {
    this(
        service, region, role, externalID, sessionTags, auth, endpoint, List.of(), List.of(), List.of(), null, null, null, null, Map.of(), null,
        List.of());
  }

  /** Lists are never null and never change. */
  public AwsSpec {
    sessionTags = sessionTags == null ? List.of() : List.copyOf(sessionTags);
    additionalRoles = additionalRoles == null ? List.of() : List.copyOf(additionalRoles);
    additionalRoleOptions = additionalRoleOptions == null ? List.of() : List.copyOf(additionalRoleOptions);
    transitiveTagKeys = transitiveTagKeys == null ? List.of() : List.copyOf(transitiveTagKeys);
    failoverRegions = failoverRegions == null ? List.of() : List.copyOf(failoverRegions);
    customSessionTags = customSessionTags == null ? Map.of() : Map.copyOf(customSessionTags);
  }
}
