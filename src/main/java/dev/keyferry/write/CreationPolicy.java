package dev.keyferry.write;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who makes and owns a target; the words are External Secrets Operator's. */
public enum CreationPolicy {
  /** Made here and owned by the ExternalSecret. */
  OWNER("Owner"),
  /** Made here and left behind. */
  ORPHAN("Orphan"),
  /** Made by others; keys are added. */
  MERGE("Merge"),
  /** Made where it is missing; keys are added. */
  CREATE_OR_MERGE("CreateOrMerge"),
  /** Nothing is written. */
  NONE("None");

  private final String word;

  CreationPolicy(String word) {
    this.word = word;
  }

  /** The word in {@code target.creationPolicy}. */
  public String word() {
    return word;
  }

  /** Whether the target's data is this ExternalSecret's alone. */
  public boolean exclusive() {
    return this == OWNER || this == ORPHAN;
  }

  /** The policy of that word; null is Owner; empty where the operator knows no such word. */
  public static Optional<CreationPolicy> ofWord(@Nullable String word) {
    if (word == null || word.isEmpty()) {
      return Optional.of(OWNER);
    }
    for (CreationPolicy policy : values()) {
      if (policy.word.equals(word)) {
        return Optional.of(policy);
      }
    }
    return Optional.empty();
  }
}
