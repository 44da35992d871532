package dev.keyferry.restart;

import java.util.List;

/** What is asked of Kubernetes in order to evict a workload's pods. */
interface Evictions {

  /** How a request to evict a pod ended. */
  enum Answer {
    /** It goes. */
    EVICTED,
    /** It is gone already, or another one has its name. */
    GONE,
    /** A PodDisruptionBudget stands against it now. */
    BLOCKED,
    /** The operator has no right to evict pods. */
    FORBIDDEN
  }

  /** The workload's own pods that have not come to their end; never those of another workload that its selector finds, too. */
  List<EvictablePod> pods(WorkloadView workload);

  /** Asks for an eviction; a pod of another uid is left alone. What fails otherwise throws the client's exception. */
  Answer evict(WorkloadView workload, EvictablePod pod);

  /** Without the right to evict. */
  Evictions NONE =
      new Evictions() {
        @Override
        public List<EvictablePod> pods(WorkloadView workload) {
          return List.of();
        }

        @Override
        public Answer evict(WorkloadView workload, EvictablePod pod) {
          return Answer.FORBIDDEN;
        }
      };
}
