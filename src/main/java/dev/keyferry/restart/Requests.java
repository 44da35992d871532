package dev.keyferry.restart;

import java.util.List;
import java.util.function.Predicate;

/** What is asked of Kubernetes about a workload. Each write may fail with the client's exception, done or not. */
interface Requests {

  /**
   * Writes the pod template's tokens, the same as observed ones, and when that was, in one request: the workload rolls, and whatever
   * happens next, it says what for.
   *
   * @return the new resourceVersion
   */
  String roll(WorkloadView workload, TokenMap tokens, History history);

  /** Writes the observed tokens, and which restart is known to be complete: nothing rolls. Returns the new resourceVersion. */
  String observe(WorkloadView workload, TokenMap tokens, History history);

  /**
   * The workload's pods, of those that run or will run. Ends with the first page on which one is not enough, so that thousands of pods are
   * not read to find an old one.
   *
   * @param workload whose selector finds them; one without a selector has none
   * @param enough whether a pod asks for a look at further ones
   */
  List<PodView> pods(WorkloadView workload, Predicate<PodView> enough);

  /** The requests that evictions need. */
  default Evictions evictions() {
    return Evictions.NONE;
  }
}
