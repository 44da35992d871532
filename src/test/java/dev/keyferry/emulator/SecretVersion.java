package dev.keyferry.emulator;

import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One version of a secret. Its value never changes, its labels do.
 *
 * @param id VersionId
 * @param value what it holds
 * @param created when it was put
 * @param stages its staging labels
 */
record SecretVersion(String id, Value value, Instant created, SortedSet<String> stages) {

  /** Text or bytes, never both. */
  record Value(@Nullable String text, byte @Nullable [] binary) {
    boolean same(Value other) {
      return Objects.equals(text, other.text) && Arrays.equals(binary, other.binary);
    }

    @Override
    public String toString() {
      return "Value[not shown]";
    }
  }

  SecretVersion {
    stages = Collections.unmodifiableSortedSet(new TreeSet<>(stages));
  }

  boolean has(String stage) {
    return stages.contains(stage);
  }

  SecretVersion with(String stage) {
    TreeSet<String> more = new TreeSet<>(stages);
    more.add(stage);
    return new SecretVersion(id, value, created, more);
  }

  SecretVersion without(String stage) {
    TreeSet<String> fewer = new TreeSet<>(stages);
    fewer.remove(stage);
    return new SecretVersion(id, value, created, fewer);
  }
}
