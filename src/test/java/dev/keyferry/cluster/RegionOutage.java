package dev.keyferry.cluster;

import static dev.keyferry.cluster.Readers.all;
import static dev.keyferry.cluster.Readers.awaitQuietly;

import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A region does not serve while every secret in it rotates, and another stands in: a third of the replicas there are behind what targets
 * hold, a third are the same, and a third have what is newest. Some ExternalSecrets are made meanwhile. What was seen is kept.
 */
final class RegionOutage {

  static final String HOME = Rig.REGION;
  static final String ELSEWHERE = "ap-southeast-2";
  private static final int SYNCED = 45;

  private final Rig rig;
  final Readers readers;

  /** While it lasted: who was not served as the replica allows, whose target was touched that had nothing to gain. */
  List<String> unserved = List.of("not begun");

  List<String> touched = List.of("not begun");
  List<AwsCall> callsAtHome = List.of();
  List<AwsCall> callsElsewhere = List.of();
  Duration lasted = Duration.ZERO;

  /** Afterwards: who does not have the newest value from the region itself. */
  List<String> lost = List.of("not begun");

  List<AwsCall> callsAfter = List.of();
  Duration recovery = Duration.ZERO;
  AuditEvents writes = new AuditEvents(List.of());

  /** Events of it all, but for those of writes. */
  List<String> told = List.of("not begun");

  RegionOutage(Rig rig, Watched watched) {
    this.rig = rig;
    String provider = "changeDetection: Strict, failoverRegions: [" + ELSEWHERE + "]";
    this.readers = new Readers(rig, watched, "region", HOME, Duration.ofSeconds(10), provider);
  }

  private static boolean lags(int number) {
    return number % 3 == 0;
  }

  private static boolean isAhead(int number) {
    return number % 3 == 2;
  }

  private static IntStream synced() {
    return IntStream.range(0, SYNCED);
  }

  void prepare() {
    readers.createSecrets("zero");
    all().filter(RegionOutage::lags).forEach(this::replicate);
    readers.rotate(all(), "one");
    all().filter(number -> !lags(number)).forEach(this::replicate);
    readers.create(synced());
    awaitQuietly(() -> synced().allMatch(number -> readers.isSynced(number, "one")));
  }

  private void replicate(int number) {
    rig.aws.replicate(readers.name(number), ELSEWHERE);
  }

  void run() {
    List<String> before = readers.targets(synced().filter(number -> !isAhead(number)));
    long mark = rig.cluster.audit().mark();
    int homeBefore = readers.calls().size();
    int elsewhereBefore = readers.callsIn(ELSEWHERE).size();
    Instant began = Instant.now();
    rig.aws.trouble(Trouble.UNAVAILABLE, HOME);
    readers.rotate(all(), "two");
    all().filter(RegionOutage::isAhead).forEach(this::replicate);
    readers.create(IntStream.range(SYNCED, Readers.ALL));
    awaitQuietly(() -> unserved().isEmpty() && readElsewhere(elsewhereBefore) == Readers.ALL);

    Instant ended = Instant.now();
    lasted = Duration.between(began, ended);
    unserved = unserved();
    List<String> now = readers.targets(synced().filter(number -> !isAhead(number)));
    touched = now.stream().filter(target -> !before.contains(target)).toList();
    int homeSoFar = readers.calls().size();
    callsAtHome = readers.calls().subList(homeBefore, homeSoFar);
    List<AwsCall> elsewhere = readers.callsIn(ELSEWHERE);
    callsElsewhere = elsewhere.subList(elsewhereBefore, elsewhere.size());
    rig.aws.heal(HOME);

    awaitQuietly(() -> lost().isEmpty());
    recovery = Duration.between(ended, Instant.now());
    callsAfter = readers.calls().subList(homeSoFar, readers.calls().size());
    lost = lost();
    writes = readers.writesSince(mark);
    told = Stream.concat(readers.eventsOfStore().stream(), readers.failuresTold().stream()).toList();
  }

  private List<String> unserved() {
    return readers.but(all(), number -> readers.isSynced(number, standsIn(number)) && readers.readIn(number).equals(readIn(number)));
  }

  /** What a target holds while the other region stands in: never less than before. */
  private static String standsIn(int number) {
    if (lags(number)) {
      return number < SYNCED ? "one" : "zero";
    }
    return isAhead(number) ? "two" : "one";
  }

  private static String readIn(int number) {
    return lags(number) && number < SYNCED ? HOME : ELSEWHERE;
  }

  private long readElsewhere(int since) {
    List<AwsCall> calls = readers.callsIn(ELSEWHERE);
    return calls.subList(since, calls.size()).stream().flatMap(call -> call.ids().stream()).distinct().count();
  }

  private List<String> lost() {
    return readers.but(all(), number -> readers.isSynced(number, "two") && readers.readIn(number).equals(HOME));
  }
}
