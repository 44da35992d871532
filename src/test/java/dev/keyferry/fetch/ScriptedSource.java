package dev.keyferry.fetch;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers as it is told to: at first with version {@code v1} of whatever is asked. Counts what it is asked. */
final class ScriptedSource implements SecretSource {

  /** One call: what was asked of it, and whether as a batch. */
  record Call(Scope scope, List<SourceRef> refs, boolean batch) {}

  final List<Call> calls = new CopyOnWriteArrayList<>();
  int batchSize = 1;
  volatile @Nullable SourceFailure wholeBatchFailure;
  volatile SourceFailure.@Nullable AccessDenied batchDenial;
  volatile @Nullable Runnable before;

  private final Map<String, String> versions = new ConcurrentHashMap<>();
  private final Map<String, Instant> creations = new ConcurrentHashMap<>();
  private final Map<String, SourceFailure> failures = new ConcurrentHashMap<>();
  private final Map<String, RuntimeException> bugs = new ConcurrentHashMap<>();

  void version(String key, String version) {
    versions.put(key, version);
  }

  /** When the version of that name was created; versions that are not named have no time. */
  void created(String version, Instant at) {
    creations.put(version, at);
  }

  void fail(String key, SourceFailure failure) {
    failures.put(key, failure);
  }

  void heal(String key) {
    failures.remove(key);
    bugs.remove(key);
  }

  void breakDown(String key, RuntimeException bug) {
    bugs.put(key, bug);
  }

  /** How often that key was read, singly or in a batch. */
  long reads(String key) {
    return calls.stream().flatMap(call -> call.refs().stream()).filter(ref -> ref.key().equals(key)).count();
  }

  List<Integer> batchSizes() {
    return calls.stream().filter(Call::batch).map(call -> call.refs().size()).toList();
  }

  @Override
  public int batchSize(SourceService service) {
    return batchSize;
  }

  @Override
  public boolean batchable(SourceRef ref) {
    return ref.version() instanceof VersionSelector.Current;
  }

  @Override
  public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    calls.add(new Call(scope, refs, true));
    runBefore();
    if (batchDenial != null) {
      return new BatchRead.Refused(batchDenial);
    }
    if (wholeBatchFailure != null) {
      return new BatchRead.Failed(wholeBatchFailure);
    }
    return new BatchRead.Entries(refs.stream().collect(Collectors.toMap(ref -> ref, ref -> answer(scope, ref))));
  }

  @Override
  public Fetched read(Scope scope, SourceRef ref) {
    calls.add(new Call(scope, List.of(ref), false));
    runBefore();
    return answer(scope, ref);
  }

  private void runBefore() {
    Runnable first = before;
    if (first != null) {
      first.run();
    }
  }

  private Fetched answer(Scope scope, SourceRef ref) {
    RuntimeException bug = bugs.get(ref.key());
    if (bug != null) {
      throw bug;
    }
    SourceFailure failure = failures.get(ref.key());
    if (failure != null) {
      return new Fetched.Failed(ref, failure);
    }
    String version = versions.getOrDefault(ref.key(), "v1");
    String value = scope.identity().digest() + "|" + ref.key() + "|" + version;
    return new Fetched.Found(
        ref,
        new Revision("arn:aws:secretsmanager:r:1:secret:" + ref.key(), version),
        Payload.ofText(value),
        List.of(),
        creations.get(version));
  }
}
