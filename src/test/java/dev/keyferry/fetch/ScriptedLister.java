package dev.keyferry.fetch;

import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Lists what it was told of, at first all at version {@code v1}; its dates are of a clock that is ahead. Counts what it is asked. */
final class ScriptedLister implements ChangeLister {

  /** One call. */
  record Call(Scope scope, Order order, @Nullable String token) {}

  private record Moment(Instant shownFrom, Optional<ListedSecret> secret) {}

  private static final int ON_A_PAGE = 100;

  final List<Call> calls = new CopyOnWriteArrayList<>();
  volatile Duration lag = Duration.ZERO;
  volatile @Nullable SourceFailure failure;

  /** Which page fails, counted from 1 and through all calls; 0 for none. */
  volatile int failingCall;

  volatile boolean sorts = true;

  /** How far its clock is ahead of ours. */
  volatile Duration ahead = Duration.ofHours(1);

  private final InstantSource clock;
  private final Map<String, Deque<Moment>> past = new ConcurrentHashMap<>();

  ScriptedLister(InstantSource clock) {
    this.clock = clock;
  }

  static String arn(String name) {
    return "arn:aws:secretsmanager:r:1:secret:" + name;
  }

  void add(String name) {
    add(name, arn(name), "v1");
  }

  void add(String name, String arn, String version) {
    show(name, Duration.ZERO, new ListedSecret(arn, name, now(), Map.of("AWSCURRENT", version), null, null));
  }

  /** A version comes into force. */
  void put(String name, String version) {
    ListedSecret before = current(name);
    show(name, lag, new ListedSecret(before.arn(), name, now(), Map.of("AWSCURRENT", version), null, before.nextRotation()));
  }

  /** A version comes into force, and the date stays. */
  void moveQuietly(String name, String version) {
    ListedSecret before = current(name);
    show(name, lag, new ListedSecret(before.arn(), name, before.changed(), Map.of("AWSCURRENT", version), null, before.nextRotation()));
  }

  void schedule(String name, Instant deletion) {
    ListedSecret before = current(name);
    show(name, lag, new ListedSecret(before.arn(), name, now(), before.versions(), deletion, before.nextRotation()));
  }

  void rotateAt(String name, Instant date) {
    ListedSecret before = current(name);
    show(name, lag, new ListedSecret(before.arn(), name, now(), before.versions(), null, date));
  }

  void vanish(String name) {
    past.remove(name);
  }

  long walks() {
    return calls.stream().filter(call -> call.order() == Order.NAME && call.token() == null).count();
  }

  long sweeps() {
    return calls.stream().filter(call -> call.order() == Order.NEWEST_CHANGE && call.token() == null).count();
  }

  @Override
  public synchronized ListedPage list(Scope scope, Order order, @Nullable String token) {
    calls.add(new Call(scope, order, token));
    SourceFailure stands = failure;
    if (stands != null && (failingCall == 0 || calls.size() == failingCall)) {
      return new ListedPage.Failed(stands);
    }
    Comparator<ListedSecret> byName = Comparator.comparing(ListedSecret::name);
    Comparator<ListedSecret> sorting =
        sorts && order == Order.NEWEST_CHANGE ? Comparator.comparing(ListedSecret::changed).reversed().thenComparing(byName) : byName;
    List<ListedSecret> all = new ArrayList<>();
    past.values().forEach(moments -> shown(moments).ifPresent(all::add));
    all.sort(sorting);
    int from = token == null ? 0 : Integer.parseInt(token);
    int to = Math.min(from + ON_A_PAGE, all.size());
    return new ListedPage.Page(all.subList(Math.min(from, to), to), to < all.size() ? Integer.toString(to) : null);
  }

  private Optional<ListedSecret> shown(Deque<Moment> moments) {
    Instant now = clock.instant();
    return moments.stream().filter(moment -> !moment.shownFrom().isAfter(now)).findFirst().flatMap(Moment::secret);
  }

  private ListedSecret current(String name) {
    return past.get(name).getFirst().secret().orElseThrow();
  }

  private void show(String name, Duration after, ListedSecret secret) {
    past.computeIfAbsent(name, _ -> new ArrayDeque<>()).addFirst(new Moment(clock.instant().plus(after), Optional.of(secret)));
  }

  private Instant now() {
    return clock.instant().plus(ahead);
  }
}
