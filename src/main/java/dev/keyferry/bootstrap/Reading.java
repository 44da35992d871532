package dev.keyferry.bootstrap;

import dev.keyferry.config.OperatorConfig;
import dev.keyferry.fetch.EventReach;
import dev.keyferry.fetch.FailoverSource;
import dev.keyferry.fetch.FetchPlanner;
import dev.keyferry.fetch.FetchRequest;
import dev.keyferry.fetch.FetchSettings;
import dev.keyferry.fetch.FindPlanner;
import dev.keyferry.fetch.RotationLists;
import dev.keyferry.fetch.RotationWatch;
import dev.keyferry.fetch.SweepPlanner;
import dev.keyferry.observe.Health;
import dev.keyferry.observe.KeyferryMetrics;
import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.aws.Aws;
import dev.keyferry.source.aws.EventQueue;
import dev.keyferry.source.aws.OperatorIdentity;
import dev.keyferry.store.NamePattern;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Everything that reads AWS and notices change there, wired; it looks for change only while started. */
final class Reading implements AutoCloseable {

  private static final Duration STUCK = Duration.ofMinutes(2);

  private final Clock clock;
  private final Aws aws;
  private final FetchPlanner planner;
  private final FindPlanner finder;
  private final SweepPlanner sweeps;
  private final ChangeFeed feed;
  private final EventReach eventReach;
  private final RotationWatch rotations;

  Reading(
      OperatorConfig config,
      Function<String, @Nullable String> environment,
      CredentialMaterial credentials,
      KeyferryMetrics metrics,
      Clock clock,
      RandomGenerator random,
      Executor threads,
      VirtualTimer timer,
      String version) {
    this.clock = clock;
    eventReach = new EventReach(clock);
    aws =
        new Aws(
            environment,
            OperatorIdentity.ofWord(config.operatorIdentity()).orElseThrow(),
            credentials,
            metrics,
            clock,
            config.awsRequests(),
            config.awsRegion(),
            version);
    FetchSettings settings = FetchSettings.of(config.cacheTtl(), config.cacheBytes(), config.awsRequests());
    planner =
        new FetchPlanner(new FailoverSource(aws.source(), clock, metrics), settings, clock, random, threads, timer, metrics);
    finder =
        new FindPlanner(
            aws.finder(),
            regexp -> NamePattern.compile(regexp).orElse(_ -> false),
            clock,
            random,
            threads,
            timer,
            metrics);
    rotations = new RotationWatch(aws.rotations(), config.rotationInterval(), clock, threads, timer, metrics);
    sweeps =
        new SweepPlanner(
            planner, new RotationLists(aws.lister(), rotations), eventReach, clock, random, threads, timer, metrics.sweeps());
    feed =
        aws.feed(
            config.eventQueues().stream().map(queue -> new EventQueue(queue.url(), queue.region())).toList(),
            rotations::failed,
            new FeedEvents(metrics, eventReach),
            random);
  }

  IdentityResolver identities() {
    return aws.identities();
  }

  FetchPlanner planner() {
    return planner;
  }

  FindPlanner finder() {
    return finder;
  }

  SweepPlanner sweeps() {
    return sweeps;
  }

  RotationWatch rotations() {
    return rotations;
  }

  /**
   * Begins to look for change.
   *
   * @param changed is told of every owner that should ask again
   * @param detectionChanged is told of every scope whose changes come to be noticed in another way
   * @param expected what will be asked for at once, so that it is read in full batches
   */
  void start(Consumer<String> changed, Consumer<Scope> detectionChanged, Collection<FetchRequest> expected) {
    planner.start(changed);
    finder.start(changed);
    planner.prime(expected);
    sweeps.start(detectionChanged);
    feed.start(this::changed);
  }

  private void changed(SourceChange change, Runnable settled) {
    eventReach.heard(change);
    finder.look(change);
    planner.look(change, settled);
  }

  /** Looks for change no more, until started again. */
  void stop() {
    feed.stop();
    planner.stop();
    finder.stop();
    sweeps.stop();
    rotations.stop();
  }

  /** Whether the planner has looked for sources that are due within the last 2 minutes; good before it was started. */
  Health health() {
    Instant last = planner.lastRefresh();
    boolean stuck = last != null && last.plus(STUCK).isBefore(clock.instant());
    return stuck ? new Health.Bad("the planner has not looked for due sources for 2 minutes") : new Health.Ok();
  }

  /** Closes every connection to AWS. */
  @Override
  public void close() {
    aws.close();
  }
}
