package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.ServiceAccountRole;
import dev.keyferry.source.CredentialMaterial.Unknown;
import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.SourceFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.Tag;

/** Makes credentials: one call of STS for each link. Nothing is cached here. */
final class Sts {

  private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(10);

  private final AwsClients clients;
  private final CredentialMaterial material;
  private final LocalCredentials local;

  Sts(AwsClients clients, CredentialMaterial material) {
    this.clients = clients;
    this.material = material;
    this.local = new LocalCredentials(clients.http());
  }

  /**
   * How STS is called.
   *
   * @param region where
   * @param kind at which of its endpoints
   * @param sessionName for the sessions that it makes
   * @param failoverRegions where else, in this order, while that region's does not serve
   */
  record Manner(String region, EndpointKind kind, String sessionName, List<String> failoverRegions) {

    /** STS of one region. */
    Manner(String region, EndpointKind kind, String sessionName) {
      this(region, kind, sessionName, List.of());
    }

    private Manner in(String other) {
      return new Manner(other, kind, sessionName, List.of());
    }
  }

  /** Credentials of a base: its keys, a web identity's, or what the node hands out. */
  Session begin(Base base, Manner manner) {
    return switch (base) {
      case Base.Keys(var keys) -> {
        String token = keys.sessionToken();
        AwsCredentials credentials =
            token == null
                ? AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey())
                : AwsSessionCredentials.create(keys.accessKeyId(), keys.secretAccessKey(), token);
        yield new Session.Open(credentials, null);
      }
      case Base.TokenFile file -> ofFile(file, manner);
      case Base.Account account -> ofAccount(account, manner);
      case Base.PodIdentity agent -> local.ofPodIdentity(agent);
      case Base.InstanceProfile profile -> local.ofInstanceProfile(profile);
    };
  }

  /** Credentials of a role, assumed with those of the link before. */
  Session assume(RoleLink link, AwsCredentials with, Manner manner) {
    List<Tag> tags =
        link.sessionTags().entrySet().stream().map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build()).toList();
    AssumeRoleRequest.Builder request =
        AssumeRoleRequest.builder()
            .roleArn(link.roleArn())
            .roleSessionName(manner.sessionName())
            .externalId(link.externalId())
            .overrideConfiguration(override -> override.credentialsProvider(StaticCredentialsProvider.create(with)));
    if (!tags.isEmpty()) {
      request.tags(tags);
    }
    if (!link.transitiveTagKeys().isEmpty()) {
      request.transitiveTagKeys(link.transitiveTagKeys());
    }
    return ask("AssumeRole", link.roleArn(), manner, sts -> sts.assumeRole(request.build()).credentials());
  }

  private Session ofFile(Base.TokenFile base, Manner manner) {
    String token;
    try {
      token = Files.readString(base.file()).strip();
    } catch (IOException e) {
      return unavailable("The operator's web identity token file " + base.file() + " is not readable. Check the pod's projected volume.");
    }
    return webIdentity(base.roleArn(), token, manner);
  }

  /** The ServiceAccount is looked at again: a token must not be asked for one that was made anew under the same name. */
  private Session ofAccount(Base.Account base, Manner manner) {
    String name = base.namespace() + "/" + base.name();
    switch (material.serviceAccount(base.namespace(), base.name())) {
      case Absent<ServiceAccountRole>(String message) -> {
        return unavailable(message);
      }
      case Unknown<ServiceAccountRole>(String message) -> {
        return unknown(message);
      }
      case Present<ServiceAccountRole>(var now) -> {
        if (!now.equals(base.role())) {
          return unavailable("ServiceAccount " + name + " has just changed; its new identity is used from the next try on.");
        }
      }
    }
    return switch (material.token(base.namespace(), base.name(), base.role().audience(), TOKEN_LIFETIME)) {
      case Absent<String>(String message) -> unavailable(message);
      case Unknown<String>(String message) -> unknown(message);
      case Present<String>(String token) -> named(base, webIdentity(base.role().roleArn(), token, manner));
    };
  }

  /** What the token said, where STS did not take it: trust policies are compared with that. */
  private static Session named(Base.Account base, Session session) {
    return session instanceof Session.Unavailable(SourceFailure.Credentials(String message), Session.Age age)
        ? new Session.Unavailable(
            new SourceFailure.Credentials(
                "%s The token's :sub is system:serviceaccount:%s:%s, its :aud is %s."
                    .formatted(message, base.namespace(), base.name(), base.role().audience())),
            age)
        : session;
  }

  private Session webIdentity(String roleArn, String token, Manner manner) {
    return ask(
        "AssumeRoleWithWebIdentity",
        roleArn,
        manner,
        sts ->
            sts.assumeRoleWithWebIdentity(r -> r.roleArn(roleArn).roleSessionName(manner.sessionName()).webIdentityToken(token))
                .credentials());
  }

  /** Asks the region's STS; others only where that one does not serve, and the first failure stands where they do not help. */
  private Session ask(String operation, String roleArn, Manner manner, Function<StsClient, Credentials> request) {
    Session first = askOne(operation, roleArn, manner, request);
    for (String other : manner.failoverRegions()) {
      if (!(first instanceof Session.Unavailable(SourceFailure failure, _)) || !isFault(failure)) {
        return first;
      }
      if (askOne(operation, roleArn, manner.in(other), request) instanceof Session.Open open) {
        return open;
      }
    }
    return first;
  }

  private static boolean isFault(SourceFailure failure) {
    return failure.kind() == FailureKind.NETWORK || failure.kind() == FailureKind.SERVER_FAULT;
  }

  private Session askOne(String operation, String roleArn, Manner manner, Function<StsClient, Credentials> request) {
    try {
      Credentials made = clients.call(() -> request.apply(clients.sts(manner.region(), manner.kind())));
      return new Session.Open(
          AwsSessionCredentials.create(made.accessKeyId(), made.secretAccessKey(), made.sessionToken()), made.expiration());
    } catch (SdkException e) {
      String host = clients.host(AwsService.STS, manner.region(), null, manner.kind());
      Call call = new Call(AwsService.STS, operation, manner.region(), host, false, roleArn);
      boolean stale = e instanceof AwsServiceException answer && ErrorCodes.STALE.contains(AwsErrors.code(answer));
      return new Session.Unavailable(AwsErrors.of(call, e), stale ? Session.Age.STALE : Session.Age.FRESH);
    } catch (IllegalArgumentException e) {
      String message = "STS cannot be called in region \"" + manner.region() + "\"." + AwsClients.KINDS_NEED_OWN_ENDPOINTS;
      return new Session.Unavailable(new SourceFailure.InvalidRequest(message), Session.Age.FRESH);
    }
  }

  /** Kubernetes did not say: that passes, unlike what is wrong with credentials. */
  private static Session unknown(String message) {
    return new Session.Unavailable(new SourceFailure.Network(message), Session.Age.FRESH);
  }

  private static Session unavailable(String message) {
    return new Session.Unavailable(new SourceFailure.Credentials(message), Session.Age.FRESH);
  }
}
