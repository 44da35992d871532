package dev.keyferry.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Told of every reconcile of an ExternalSecret, for metrics. */
public interface SyncListener {

  /**
   * A reconcile ended.
   *
   * @param result {@code created}, {@code updated}, {@code unchanged}, {@code deleted}, {@code skipped} or {@code failed}
   * @param reason the condition's reason
   * @param took how long it took
   */
  void reconciled(String result, String reason, Duration took);

  /**
   * A new version reached its target.
   *
   * @param delay from the version's creation in AWS to the Secret's write
   */
  void propagated(Duration delay);

  /** The ExternalSecrets as they stand; read at each scrape, so that no series outlives its object. */
  @FunctionalInterface
  interface States {
    /** One entry per ExternalSecret in the informer's cache. */
    Collection<State> states();
  }

  /**
   * One ExternalSecret as it stands.
   *
   * @param namespace its namespace
   * @param name its name
   * @param ready whether condition Ready is True
   * @param reason that condition's reason; {@code Pending} before the first
   * @param lastSuccess when its sources were last all read and its target found or made right; null before that
   */
  record State(String namespace, String name, boolean ready, String reason, @Nullable Instant lastSuccess) {}

  /** The incidents that stand; read at each scrape. */
  @FunctionalInterface
  interface Incidents {
    /** At most one entry for each store and reason. */
    Collection<Incident> standing();
  }

  /**
   * ExternalSecrets of one store that fail alike.
   *
   * @param store such as {@code ClusterSecretStore aws}
   * @param reason their conditions' reason
   * @param externalSecrets how many
   */
  record Incident(String store, String reason, int externalSecrets) {}
}
