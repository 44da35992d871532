package dev.keyferry.fetch;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The secrets that a scope's list has shown, each kept as a 64-bit digest of its ARN: an account may hold half a million, and what is asked
 * of this set is only whether a source's changes would be seen. Not thread-safe.
 */
final class ListedArns {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private final Set<Long> added = new HashSet<>();
  private long[] digests = new long[0];
  private int size;
  private boolean sorted = true;

  /** Adds one; many at once before the first question, few after it. */
  void add(String arn) {
    if (sorted && size > 0) {
      added.add(digest(arn));
      return;
    }
    sorted = false;
    if (size == digests.length) {
      digests = Arrays.copyOf(digests, Math.max(128, size * 2));
    }
    digests[size++] = digest(arn);
  }

  boolean contains(String arn) {
    if (!sorted) {
      digests = Arrays.copyOf(digests, size);
      Arrays.sort(digests);
      sorted = true;
    }
    long digest = digest(arn);
    return Arrays.binarySearch(digests, 0, size, digest) >= 0 || added.contains(digest);
  }

  /* FNV-1a. */
  private static long digest(String arn) {
    long digest = FNV_OFFSET;
    for (int i = 0; i < arn.length(); i++) {
      digest = (digest ^ arn.charAt(i)) * FNV_PRIME;
    }
    return digest;
  }
}
