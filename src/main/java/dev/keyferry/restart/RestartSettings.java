package dev.keyferry.restart;

import java.time.Duration;

/**
 * What restarts are held to.
 *
 * @param mode whether workloads are restarted at all
 * @param debounce how long no token may have moved before a restart; zero for no wait
 * @param debounceMax how long a series of changes may hold a restart back
 * @param inFlight restarts whose rollout is not complete, at most, over all
 * @param inFlightNamespace the same in one namespace
 * @param inFlightSecret the same among the workloads that use one Secret
 * @param spacing time between two restarts of whatever workloads; zero for none
 * @param cooldown time between two restarts of one workload; zero for none
 * @param budget restarts of one workload within an hour, at most; 0 for any number
 * @param timeout when a rollout that has not come to its end counts as failed, whatever its controller says
 * @param canary whether one workload has to be restarted well before the others that use its Secret
 */
public record RestartSettings(
    Mode mode,
    Duration debounce,
    Duration debounceMax,
    int inFlight,
    int inFlightNamespace,
    int inFlightSecret,
    Duration spacing,
    Duration cooldown,
    int budget,
    Duration timeout,
    boolean canary) {

  /** Whether workloads are restarted. */
  public enum Mode {
    /** They are. */
    ENFORCE,
    /** They are not, but it is told which would be. */
    REPORT,
    /** They are not. */
    OFF
  }
}
