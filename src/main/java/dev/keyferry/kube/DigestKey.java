package dev.keyferry.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The key of the digests that targets carry. It stands in a Secret of the operator's own namespace, so that it survives the process; the
 * Secret is made when the key is first asked for, and read once.
 */
public final class DigestKey {

  /** Name of the Secret. */
  public static final String SECRET = "keyferry-digest-key";

  private static final Logger LOGGER = LoggerFactory.getLogger(DigestKey.class);
  private static final String FIELD = "key";
  private static final int SHORTEST = 16;
  private static final int CONFLICT = 409;

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final String namespace;
  private final Supplier<byte[]> fresh;
  private byte @Nullable [] known;
  private boolean told;

  /**
   * A key that is not known yet.
   *
   * @param client may get and create that Secret
   * @param namespace the operator's own
   * @param fresh draws a new key of 32 random bytes
   */
  public DigestKey(KubernetesClient client, RequestPermits permits, String namespace, Supplier<byte[]> fresh) {
    this.client = client;
    this.permits = permits;
    this.namespace = namespace;
    this.fresh = fresh;
  }

  /** The key; empty where Kubernetes does not give it now, which is logged once. */
  public synchronized Optional<byte[]> get() {
    if (known == null) {
      try {
        known = read().or(this::create).orElse(null);
        if (known == null) {
          tell("it holds no key of at least " + SHORTEST + " bytes: delete it");
        }
      } catch (KubernetesClientException e) {
        tell("Kubernetes answered " + e.getCode());
      }
    }
    return Optional.ofNullable(known);
  }

  private Optional<byte[]> read() {
    return Optional.ofNullable(permits.with(() -> client.secrets().inNamespace(namespace).withName(SECRET).get())).map(DigestKey::key);
  }

  /** An existing Secret without a key in it is not replaced. */
  private Optional<byte[]> create() {
    Secret made =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(SECRET)
            .addToLabels("app.kubernetes.io/name", "keyferry")
            .endMetadata()
            .withType("Opaque")
            .withImmutable(true)
            .withData(Map.of(FIELD, Base64.getEncoder().encodeToString(fresh.get())))
            .build();
    try {
      return Optional.ofNullable(key(permits.with(() -> client.resource(made).create())));
    } catch (KubernetesClientException e) {
      if (e.getCode() == CONFLICT) {
        return read();
      }
      throw e;
    }
  }

  private static byte @Nullable [] key(Secret secret) {
    String encoded = secret.getData() == null ? null : secret.getData().get(FIELD);
    try {
      byte[] key = encoded == null ? new byte[0] : Base64.getDecoder().decode(encoded);
      return key.length < SHORTEST ? null : key;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void tell(String why) {
    if (!told) {
      told = true;
      LOGGER
          .atWarn()
          .addKeyValue("secret", namespace + "/" + SECRET)
          .log("the key of the digests is not to be had ({}): spec.restart.trigger Data restarts nothing until it is", why);
    }
  }
}
