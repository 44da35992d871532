package dev.keyferry.cluster;

import static dev.keyferry.cluster.Readers.all;
import static dev.keyferry.cluster.Readers.awaitQuietly;

import dev.keyferry.emulator.AwsCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One fault's course: most of its ExternalSecrets are in sync when it begins, the others are made then, and every secret rotates meanwhile.
 * It ends once its store tells of it and all who suffer say so. What was seen is kept, to be judged afterwards.
 */
final class Outage {

  private static final int SYNCED = 45;
  private static final Set<String> READS = Set.of("BatchGetSecretValue", "GetSecretValue");

  final Fault fault;
  final Readers readers;
  private final Rig rig;

  /** While it lasted: who did not say so, whose target was touched, what was asked of AWS, for how long. */
  List<String> silent = List.of("not begun");

  List<String> touched = List.of("not begun");
  List<AwsCall> callsDuring = List.of();
  Duration lasted = Duration.ZERO;

  /** Afterwards: who does not have the newest value, what was asked of AWS until all had it, for how long. */
  List<String> lost = List.of("not begun");

  List<AwsCall> callsAfter = List.of();
  Duration recovery = Duration.ZERO;

  /** From the beginning to the end: what was written to Kubernetes, and told. */
  AuditEvents writes = new AuditEvents(List.of());

  List<String> storeEvents = List.of();
  List<String> objectEvents = List.of();

  Outage(Fault fault, Rig rig, Watched watched) {
    this.fault = fault;
    this.rig = rig;
    String word = fault.name().toLowerCase(Locale.ROOT).replace('_', '-');
    this.readers = new Readers(rig, watched, word, fault.region(), fault.interval(), "changeDetection: " + fault.detection());
  }

  /** Brings the first ones in sync. */
  void prepare() {
    readers.createSecrets("one");
    readers.create(synced());
    awaitQuietly(() -> synced().allMatch(number -> readers.isSynced(number, "one")));
    if (fault == Fault.UNAVAILABLE) {
      awaitQuietly(() -> readers.calls().stream().filter(call -> call.operation().equals("ListSecrets")).count() >= 2);
    }
  }

  /** Goes through it. */
  void run() {
    List<String> affected = all().filter(fault::affects).mapToObj(readers::name).toList();
    List<String> before = readers.targets(synced().filter(fault::affects));
    long mark = rig.cluster.audit().mark();
    int callsBefore = readers.calls().size();
    Instant began = Instant.now();
    fault.begin(rig.aws, readers.role(), affected);
    readers.rotate(all(), "two");
    readers.create(IntStream.range(SYNCED, Readers.ALL));
    fault.reason().ifPresent(reason -> awaitQuietly(() -> silent(reason).isEmpty() && readers.eventsOfStore().contains(reason)));

    Instant ended = Instant.now();
    lasted = Duration.between(began, ended);
    silent = fault.reason().map(this::silent).orElse(List.of());
    int callsSoFar = readers.calls().size();
    callsDuring = readers.calls().subList(callsBefore, callsSoFar);
    touched = touched(before, readers.writesSince(mark), affected);
    fault.end(rig.aws, affected);

    awaitQuietly(() -> lost().isEmpty());
    recovery = Duration.between(ended, Instant.now());
    callsAfter = readers.calls().subList(callsSoFar, readers.calls().size());
    lost = lost();
    if (fault.reason().isPresent()) {
      awaitQuietly(() -> readers.eventsOfStore().contains("IncidentOver"));
    }
    writes = readers.writesSince(mark);
    storeEvents = readers.eventsOfStore();
    objectEvents = readers.failuresTold();
  }

  private static IntStream synced() {
    return IntStream.range(0, SYNCED);
  }

  private List<String> silent(String reason) {
    return readers.but(all().filter(fault::affects), number -> readers.ready(number).equals("False/" + reason));
  }

  private List<String> lost() {
    return readers.but(all(), number -> readers.isSynced(number, "two") && readers.isUpToDate(number));
  }

  private List<String> touched(List<String> before, AuditEvents writes, List<String> affected) {
    List<String> now = readers.targets(synced().filter(fault::affects));
    List<String> asked = writes.on("secrets").events().stream().map(AuditEvent::name).filter(affected::contains).toList();
    return asked.isEmpty() ? now.stream().filter(target -> !before.contains(target)).toList() : asked;
  }

  /** Those that read values. */
  static List<AwsCall> reads(List<AwsCall> calls) {
    return calls.stream().filter(call -> READS.contains(call.operation())).toList();
  }

  /** How many there were of an operation. */
  static long count(List<AwsCall> calls, String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  /** How many sessions its reads needed afterwards; a try of STS that was under way when the fault ended is none. */
  long sessionsAfter() {
    return count(callsAfter.stream().filter(call -> call.errorCode() == null).toList(), "AssumeRole");
  }

  /** The most reads that one secret was asked for by, among those that suffer. */
  long mostOfOneSource() {
    Set<String> suffering = all().filter(fault::affects).mapToObj(readers::name).collect(Collectors.toSet());
    return reads(callsDuring).stream()
        .flatMap(call -> call.ids().stream())
        .filter(suffering::contains)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
        .values()
        .stream()
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  /** How often sources may be looked at from the fault's end until all had recovered: once, and again where their interval has passed. */
  long roundsAfter() {
    return 2 + recovery.dividedBy(fault.interval().multipliedBy(4).dividedBy(5));
  }
}
