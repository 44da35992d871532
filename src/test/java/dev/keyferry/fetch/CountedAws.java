package dev.keyferry.fetch;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One account with Secrets Manager's limits, which permits what it is told to and counts calls. For one thread. */
final class CountedAws implements SecretSource, ChangeLister {

  static final String ACCOUNT = "123456789012";

  private static final int IN_A_BATCH = 20;
  private static final int ON_A_PAGE = 100;
  private static final SourceFailure.AccessDenied DENIED = new SourceFailure.AccessDenied(null, null, null, "not allowed");

  private final InstantSource clock;
  private final boolean batches;
  private final boolean lists;
  private final Map<String, ListedSecret> secrets = new HashMap<>();
  private final Map<ChangeLister.Order, List<ListedSecret>> sorted = new HashMap<>();
  private long calls;
  private @Nullable String watched;
  private long readsOfWatched;

  /**
   * An empty account.
   *
   * @param batches whether BatchGetSecretValue is permitted
   * @param lists whether ListSecrets is
   */
  CountedAws(InstantSource clock, boolean batches, boolean lists) {
    this.clock = clock;
    this.batches = batches;
    this.lists = lists;
  }

  /** Makes a secret, or a version of it that is in force from now on. */
  void put(String name, String version) {
    secrets.put(name, new ListedSecret(arn(name), name, clock.instant(), Map.of("AWSCURRENT", version), null, null));
    sorted.clear();
  }

  /** Calls since the last time that this was asked. */
  long takeCalls() {
    long taken = calls;
    calls = 0;
    return taken;
  }

  /** Counts the reads of that secret from now on. */
  void watch(String name) {
    watched = name;
    readsOfWatched = 0;
  }

  long readsOfWatched() {
    return readsOfWatched;
  }

  @Override
  public int batchSize(SourceService service) {
    return IN_A_BATCH;
  }

  @Override
  public boolean batchable(SourceRef ref) {
    return true;
  }

  @Override
  public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    calls++;
    return batches ? new BatchRead.Entries(refs.stream().collect(Collectors.toMap(ref -> ref, this::found))) : new BatchRead.Refused(DENIED);
  }

  @Override
  public Fetched read(Scope scope, SourceRef ref) {
    calls++;
    return found(ref);
  }

  private Fetched found(SourceRef ref) {
    readsOfWatched += ref.key().equals(watched) ? 1 : 0;
    String version = secrets.get(ref.key()).versions().get("AWSCURRENT");
    return new Fetched.Found(ref, new Revision(arn(ref.key()), version), Payload.ofText("value"), List.of(), null);
  }

  @Override
  public ListedPage list(Scope scope, Order order, @Nullable String token) {
    calls++;
    if (!lists) {
      return new ListedPage.Failed(DENIED);
    }
    List<ListedSecret> all = sorted.computeIfAbsent(order, this::sort);
    int from = token == null ? 0 : Integer.parseInt(token);
    int to = Math.min(from + ON_A_PAGE, all.size());
    return new ListedPage.Page(all.subList(from, to), to < all.size() ? Integer.toString(to) : null);
  }

  private List<ListedSecret> sort(Order order) {
    List<ListedSecret> all = new ArrayList<>(secrets.values());
    Comparator<ListedSecret> byName = Comparator.comparing(ListedSecret::name);
    all.sort(order == Order.NAME ? byName : Comparator.comparing(ListedSecret::changed).reversed().thenComparing(byName));
    return all;
  }

  private static String arn(String name) {
    return "arn:aws:secretsmanager:eu-central-1:" + ACCOUNT + ":secret:" + name + "-AbCdEf";
  }
}
