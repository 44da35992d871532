package dev.keyferry.write;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What becomes of a target whose sources are gone from AWS; the words are External Secrets Operator's. */
public enum DeletionPolicy {
  /** It stays. */
  RETAIN("Retain"),
  /** It is deleted once every source is confirmed missing. */
  DELETE("Delete"),
  /** Keys of missing sources are removed. */
  MERGE("Merge");

  private final String word;

  DeletionPolicy(String word) {
    this.word = word;
  }

  /** The word in {@code target.deletionPolicy}. */
  public String word() {
    return word;
  }

  /** The policy of that word; null is Retain; empty where the operator knows no such word. */
  public static Optional<DeletionPolicy> ofWord(@Nullable String word) {
    if (word == null || word.isEmpty()) {
      return Optional.of(RETAIN);
    }
    for (DeletionPolicy policy : values()) {
      if (policy.word.equals(word)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }
}
