package dev.keyferry.fetch;

import dev.keyferry.fetch.ChangeDetection.Mode;
import java.util.List;
import java.util.Locale;

/**
 * {@code mvn -q -Pbench}: prints what the planners call AWS for, beside one call for each reference. Hours pass in simulated time, first
 * reads in real time.
 */
public final class Bench {

  private static final int POLLS_AN_HOUR = 12;

  private Bench() {}

  /**
   * What is run.
   *
   * @param objects ExternalSecrets
   * @param sources secrets that they want, one each
   * @param scopes identities among which the sources are spread
   */
  private record Fleet(int objects, int sources, int scopes) {}

  private static final List<Fleet> FLEETS =
      List.of(
          new Fleet(100, 100, 1),
          new Fleet(1_000, 1_000, 1),
          new Fleet(10_000, 10_000, 1),
          new Fleet(10_000, 1_000, 1),
          new Fleet(10_000, 10_000, 500));

  /** Takes no arguments. */
  public static void main(String[] args) throws Exception {
    say("Cold start: calls for values, calls of STS (a chain of two roles), seconds until all have answers; AWS takes %d ms, 16 calls at once", ColdBench.LATENCY.toMillis());
    say("%16s %8s %7s | %7s %5s %7s | %8s %5s %7s | %6s", "ExternalSecrets", "sources", "scopes", "calls", "STS", "s", "polling", "STS", "s", "ratio");
    try (ColdBench cold = new ColdBench(10_000)) {
      cold.planned(100, 100, 1);
      for (Fleet fleet : FLEETS) {
        coldLine(cold, fleet);
      }
    }
    say("");
    say("Idle hour: calls by what the identity may do, refreshInterval 5m; and a rotation: reads of its source, seconds until it is known");
    say("%16s %8s %7s | %-13s %9s %8s | %5s %5s", "ExternalSecrets", "sources", "scopes", "mode", "calls", "ratio", "reads", "s");
    for (Fleet fleet : FLEETS) {
      long polling = (long) fleet.objects() * POLLS_AN_HOUR;
      say("%16d %8d %7d | %-13s %9d %8s | %5s %5s", fleet.objects(), fleet.sources(), fleet.scopes(), "polling", polling, "1/1", "", "");
      for (Mode mode : Mode.values()) {
        IdleBench.Result idle = IdleBench.run(mode, fleet.objects(), fleet.sources(), fleet.scopes());
        say(
            "%16s %8s %7s | %-13s %9.0f %8s | %5d %5d",
            "", "", "", mode.word(), idle.hour(), ratio(polling, idle.hour()), idle.rotationReads(), idle.rotationSeconds());
      }
    }
    System.exit(0);
  }

  private static void coldLine(ColdBench cold, Fleet fleet) throws Exception {
    ColdBench.Result planned = cold.planned(fleet.objects(), fleet.sources(), fleet.scopes());
    ColdBench.Result polled = cold.polled(fleet.objects(), fleet.sources(), fleet.scopes());
    say(
        "%16d %8d %7d | %7d %5d %7.2f | %8d %5d %7.2f | %6s",
        fleet.objects(), fleet.sources(), fleet.scopes(), planned.calls(), planned.sts(), planned.seconds(),
        polled.calls(), polled.sts(), polled.seconds(), ratio(polled.calls(), planned.calls()));
  }

  private static String ratio(double whole, double part) {
    return part == 0 ? "0" : "1/" + (long) (whole / part);
  }

  private static void say(String line, Object... values) {
    System.out.println(String.format(Locale.ROOT, line, values).stripTrailing());
  }
}
