package dev.keyferry.restart;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was written last to each workload, until the informer has caught up. Without it, a plan made in between would write a second time.
 * What is told as written is the whole of what the workload carries then: it was planned over what was written before.
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
    return seen
        .with(written.template, written.observed, written.history, written.rolled ? seen.rollout().begun() : seen.rollout())
        .by(written.method);
  }

  /** The pod template's tokens, the same observed ones and the time were written. */
  WorkloadView rolled(WorkloadView workload, TokenMap tokens, History history, String resourceVersion) {
    return wrote(new Written(workload.uid(), resourceVersion, tokens, tokens, history, true, workload.traits().method()), workload);
  }

  /** The observed tokens were written, and which restart is known to be complete. */
  WorkloadView observed(WorkloadView workload, TokenMap observed, History history, String resourceVersion) {
    Written before = last.get(workload.key());
    boolean rolled = before != null && before.uid.equals(workload.uid()) && before.rolled;
    return wrote(
        new Written(workload.uid(), resourceVersion, workload.template(), observed, history, rolled, workload.traits().method()), workload);
  }

  private WorkloadView wrote(Written written, WorkloadView workload) {
    last.put(workload.key(), written);
    Rollout rollout = written.rolled ? workload.rollout().begun() : workload.rollout();
    return workload.with(written.template, written.observed, written.history, rollout);
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

  private record Written(
      String uid, String resourceVersion, TokenMap template, TokenMap observed, History history, boolean rolled, Method method) {}
}
