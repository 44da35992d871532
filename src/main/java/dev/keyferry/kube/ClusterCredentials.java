package dev.keyferry.kube;

import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.IdentitySpec.KeyRef;
import dev.keyferry.source.IdentitySpec.StaticKeysBase;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** ServiceAccounts, their tokens and auth Secrets, read live from the API server. */
public final class ClusterCredentials implements CredentialMaterial {

  /** Annotation that names a ServiceAccount's role; EKS's, so that existing ServiceAccounts serve. */
  public static final String ROLE = "eks.amazonaws.com/role-arn";

  /** Annotation that names the audience of a ServiceAccount's tokens; EKS's. */
  public static final String AUDIENCE = "eks.amazonaws.com/audience";

  private static final String STS_AUDIENCE = "sts.amazonaws.com";
  private static final String CHINA_AUDIENCE = "sts.amazonaws.com.cn";
  private static final String TOKEN_VERB = "create serviceaccounts/token";

  private final KubernetesClient client;
  private final RequestPermits permits;

  /** Reads with that client. */
  public ClusterCredentials(KubernetesClient client, RequestPermits permits) {
    this.client = client;
    this.permits = permits;
  }

  @Override
  public Lookup<ServiceAccountRole> serviceAccount(String namespace, String name) {
    String which = "ServiceAccount " + namespace + "/" + name;
    return ask(
        which,
        "get serviceaccounts",
        () -> {
          ServiceAccount account = client.serviceAccounts().inNamespace(namespace).withName(name).get();
          return account == null ? new Absent<>(which + " does not exist.") : role(which, account);
        });
  }

  @Override
  public Lookup<String> token(String namespace, String name, String audience, Duration lifetime) {
    String which = "ServiceAccount " + namespace + "/" + name;
    if (!permitted(audience)) {
      return new Absent<>(refusal(which, audience));
    }
    TokenRequest request =
        new TokenRequestBuilder().withNewSpec().withAudiences(audience).withExpirationSeconds(lifetime.toSeconds()).endSpec().build();
    return ask(
        which,
        TOKEN_VERB,
        ofSts(audience) ? mayNot(which, TOKEN_VERB) : refusedAudience(which, audience),
        () -> {
          TokenRequest made = client.serviceAccounts().inNamespace(namespace).withName(name).tokenRequest(request);
          String token = made == null || made.getStatus() == null ? null : made.getStatus().getToken();
          return token == null || token.isEmpty() ? new Absent<>(which + " does not exist.") : new Present<>(token);
        });
  }

  @Override
  public Lookup<StaticKeys> staticKeys(StaticKeysBase base) {
    return then(
        value(base.accessKeyId()),
        id ->
            then(
                value(base.secretAccessKey()),
                secret -> {
                  KeyRef token = base.sessionToken();
                  return token == null
                      ? new Present<>(new StaticKeys(id, secret, null))
                      : then(value(token), session -> new Present<>(new StaticKeys(id, secret, session)));
                }));
  }

  private static Lookup<ServiceAccountRole> role(String which, ServiceAccount account) {
    Map<String, String> found = account.getMetadata().getAnnotations();
    Map<String, String> annotations = found == null ? Map.of() : found;
    String role = annotations.get(ROLE);
    if (role == null || role.isBlank()) {
      return new Absent<>(which + " has no annotation " + ROLE + ". Annotate it with the ARN of the role to assume.");
    }
    String audience = annotations.getOrDefault(AUDIENCE, STS_AUDIENCE).strip();
    return permitted(audience)
        ? new Present<>(new ServiceAccountRole(account.getMetadata().getUid(), role.strip(), audience))
        : new Absent<>(refusal(which, audience));
  }

  /** A token for the API server itself would let whoever receives it act in the cluster. */
  private static boolean permitted(String audience) {
    if (ofSts(audience)) {
      return true;
    }
    String plain = audience.toLowerCase(Locale.ROOT).replaceFirst("^[a-z]+://", "");
    return !plain.isBlank() && !plain.startsWith("kubernetes") && !plain.startsWith("oidc.eks.") && !audience.startsWith("system:");
  }

  private static boolean ofSts(String audience) {
    return audience.equals(STS_AUDIENCE) || audience.equals(CHINA_AUDIENCE);
  }

  private static String mayNot(String which, String verb) {
    return "The operator may not " + verb + " for " + which + ". Grant it that in the namespace.";
  }

  private static String refusedAudience(String which, String audience) {
    return "The API server refuses the operator a token with audience \"" + audience + "\" for " + which
        + ". Policy keyferry-token-audiences allows " + STS_AUDIENCE + " and " + CHINA_AUDIENCE + " only: remove annotation " + AUDIENCE
        + ", or extend the policy.";
  }

  private static String refusal(String which, String audience) {
    return which + " has the annotation " + AUDIENCE + " \"" + audience
        + "\", an audience that the API server may take for its own. Use sts.amazonaws.com, or remove the annotation.";
  }

  private Lookup<String> value(KeyRef ref) {
    String which = "Secret " + ref.namespace() + "/" + ref.name();
    return ask(
        which,
        "get secrets",
        () -> {
          Secret secret = client.secrets().inNamespace(ref.namespace()).withName(ref.name()).get();
          if (secret == null) {
            return new Absent<>(which + " does not exist; the store's auth names it.");
          }
          String text = decoded(secret.getData() == null ? null : secret.getData().get(ref.key()));
          return text == null || text.isEmpty()
              ? new Absent<>(which + " has no key " + ref.key() + " with a value; the store's auth names it.")
              : new Present<>(text);
        });
  }

  private static @Nullable String decoded(@Nullable String base64) {
    return base64 == null ? null : new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
  }

  /** Makes one request; what the API server refuses is absent, with what is missing. */
  private <T> Lookup<T> ask(String which, String verb, Supplier<Lookup<T>> request) {
    return ask(which, verb, mayNot(which, verb), request);
  }

  private <T> Lookup<T> ask(String which, String verb, String forbidden, Supplier<Lookup<T>> request) {
    try {
      return permits.with(request);
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case 401, 403 -> new Absent<>(forbidden);
        case 404 -> new Absent<>(which + " does not exist.");
        case 400, 422 -> new Absent<>("The API server refuses to " + verb + " for " + which + " (" + e.getCode() + ").");
        default ->
            new Unknown<>(which + " could not be read from the API server (" + (e.getCode() > 0 ? e.getCode() : "no answer") + ").");
      };
    }
  }

  private static <T, R> Lookup<R> then(Lookup<T> first, Function<T, Lookup<R>> next) {
    return switch (first) {
      case Present<T>(T value) -> next.apply(value);
      case Absent<T>(String message) -> new Absent<>(message);
      case Unknown<T>(String message) -> new Unknown<>(message);
    };
  }
}
