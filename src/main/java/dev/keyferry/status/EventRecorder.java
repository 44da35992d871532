package dev.keyferry.status;

import org.jspecify.annotations.Nullable;

/** Writes Kubernetes Events. A failure to write one is logged and otherwise ignored. */
public interface EventRecorder {

  /**
   * Writes an event.
   *
   * @param about the object that it is about
   * @param type Normal or Warning
   * @param reason one CamelCase word
   * @param message a sentence for people; shortened to 1,024 characters
   */
  void record(About about, Type type, String reason, String message);

  /** How loud an event is. */
  enum Type {
    /** For the record. */
    NORMAL("Normal"),
    /** Somebody may have to act. */
    WARNING("Warning");

    private final String word;

    Type(String word) {
      this.word = word;
    }

    /** The word that Kubernetes uses. */
    public String word() {
      return word;
    }
  }

  /**
   * What an event is about.
   *
   * @param apiVersion such as {@code keyferry.dev/v1}
   * @param kind such as {@code ExternalSecret}
   * @param namespace null for a cluster-scoped object, whose events stand in namespace {@code default}
   * @param name its name
   * @param uid its uid
   */
  record About(String apiVersion, String kind, @Nullable String namespace, String name, String uid) {}
}
