package dev.keyferry.source;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What credentials are made from and Kubernetes holds. Calls block and are live: nothing here is cached. */
public interface CredentialMaterial {

  /** The role that a ServiceAccount is annotated with. */
  Lookup<ServiceAccountRole> serviceAccount(String namespace, String name);

  /**
   * A token of that ServiceAccount, by TokenRequest. It is never written anywhere.
   *
   * @param namespace the ServiceAccount's namespace
   * @param name its name
   * @param audience who the token is for
   * @param lifetime how long it is valid, at least 10 minutes
   */
  Lookup<String> token(String namespace, String name, String audience, Duration lifetime);

  /** The keys that Secrets hold. */
  Lookup<StaticKeys> staticKeys(IdentitySpec.StaticKeysBase base);

  /**
   * What looking gave.
   *
   * @param <T> what was looked for
   */
  sealed interface Lookup<T> {}

  /**
   * It is there.
   *
   * @param <T> what was looked for
   * @param value what was looked for; its {@code toString} shows no secret
   */
  record Present<T>(T value) implements Lookup<T> {}

  /**
   * It is not there, or the operator may not read it.
   *
   * @param <T> what was looked for
   * @param message what is missing and what to do; stable
   */
  record Absent<T>(String message) implements Lookup<T> {}

  /**
   * Nobody knows: the API server gave no answer. What was known before still stands.
   *
   * @param <T> what was looked for
   * @param message what could not be asked; stable
   */
  record Unknown<T>(String message) implements Lookup<T> {}

  /**
   * A ServiceAccount as AWS would see it.
   *
   * @param uid its Kubernetes uid
   * @param roleArn annotation {@code eks.amazonaws.com/role-arn}
   * @param audience annotation {@code eks.amazonaws.com/audience}, else {@code sts.amazonaws.com}
   */
  record ServiceAccountRole(String uid, String roleArn, String audience) {}

  /** Static keys; only the access key id may be shown. */
  final class StaticKeys {
    private final String accessKeyId;
    private final String secretAccessKey;
    private final @Nullable String sessionToken;

    /** Holds the three parts; the session token is null for long-lived keys. */
    public StaticKeys(String accessKeyId, String secretAccessKey, @Nullable String sessionToken) {
      this.accessKeyId = accessKeyId;
      this.secretAccessKey = secretAccessKey;
      this.sessionToken = sessionToken;
    }

    /** The access key id. */
    public String accessKeyId() {
      return accessKeyId;
    }

    /** The secret access key. */
    public String secretAccessKey() {
      return secretAccessKey;
    }

    /** The session token, or null. */
    public @Nullable String sessionToken() {
      return sessionToken;
    }

    @Override
    public String toString() {
      return "StaticKeys[not shown]";
    }
  }
}
