package dev.keyferry.source;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What reading one ref gave. */
public sealed interface Fetched {

  /** What was asked. */
  SourceRef ref();

  /**
   * A value.
   *
   * @param ref what was asked
   * @param revision the version that answered
   * @param payload its bytes
   * @param stages its staging labels, sorted
   * @param createdAt when AWS created that version; null where AWS does not say
   */
  record Found(SourceRef ref, Revision revision, Payload payload, List<String> stages, @Nullable Instant createdAt) implements Fetched {
    /** The list never changes. */
    public Found {
      stages = List.copyOf(stages);
    }
  }

  /**
   * A failure.
   *
   * @param ref what was asked
   * @param failure why there is no value
   */
  record Failed(SourceRef ref, SourceFailure failure) implements Fetched {}
}
