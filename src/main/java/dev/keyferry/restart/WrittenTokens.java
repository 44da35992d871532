package dev.keyferry.restart;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was written last to each workload, until the informer has caught up. Without it, a plan made in between would write a second time.
 */
final class WrittenTokens {

  private final Map<WorkloadKey, Written> last = new ConcurrentHashMap<>();

  /** The workload as the informer has it, with what has been written since. */
  WorkloadView over(WorkloadView seen, @Nullable String resourceVersion) {
    Written written = last.get(seen.key());
    if (written == null) {
      return seen;
    }
    if (!written.uid.equals(seen.uid()) || reached(resourceVersion, written.resourceVersion)) {
      last.remove(seen.key());
      return seen;
    }
    return seen.withTokens(
        written.template == null ? seen.template() : written.template, written.observed == null ? seen.observed() : written.observed);
  }

  /** The pod template's tokens were written. */
  void rolled(WorkloadView workload, TokenMap template, String resourceVersion) {
    last.merge(
        workload.key(),
        new Written(workload.uid(), resourceVersion, template, null),
        (before, now) -> new Written(now.uid, now.resourceVersion, now.template, before.uid.equals(now.uid) ? before.observed : null));
  }

  /** The observed tokens were written. */
  void observed(WorkloadView workload, TokenMap observed, String resourceVersion) {
    last.merge(
        workload.key(),
        new Written(workload.uid(), resourceVersion, null, observed),
        (before, now) -> new Written(now.uid, now.resourceVersion, before.uid.equals(now.uid) ? before.template : null, now.observed));
  }

  /** The workload is gone. */
  void forget(WorkloadKey key) {
    last.remove(key);
  }

  /** Whether a version is that one or a later one: decimal numbers of any size that grow. What is no number is only equal or not. */
  static boolean reached(@Nullable String seen, String written) {
    if (seen == null) {
      return false;
    }
    if (seen.equals(written)) {
      return true;
    }
    boolean numbers = seen.matches("[1-9][0-9]*") && written.matches("[1-9][0-9]*");
    return numbers && (seen.length() == written.length() ? seen.compareTo(written) > 0 : seen.length() > written.length());
  }

  private record Written(String uid, String resourceVersion, @Nullable TokenMap template, @Nullable TokenMap observed) {}
}
