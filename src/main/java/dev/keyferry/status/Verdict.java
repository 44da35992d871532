package dev.keyferry.status;

import dev.keyferry.fetch.Answer;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.store.StoreResolution;
import dev.keyferry.write.Refusal;
import dev.keyferry.write.WriteResult;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an outcome means for the conditions, and when to look again at the latest.
 *
 * @param ready {@code True}, {@code False} or {@code Unknown}
 * @param reason why
 * @param message why, in a stable sentence
 * @param progress whether work goes on by itself, or somebody has to act (kstatus)
 * @param again when to reconcile again although nothing wakes the object; empty where something will
 */
public record Verdict(Ready ready, Reason reason, String message, Progress progress, Optional<Duration> again) {

  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration LATER = Duration.ofMinutes(5);

  /* A Secret of others is not watched, so that only looking at it shows that it was given up. */
  private static final Duration TAKE_OVER = Duration.ofSeconds(30);

  /* Nothing tells of an identity's repair: ServiceAccounts, key Secrets and trust policies are not watched; looks are shared per identity. */
  private static final Duration IDENTITY = Duration.ofSeconds(30);

  /** The status of condition Ready. */
  public enum Ready {
    /** The target holds what AWS holds. */
    TRUE("True"),
    /** It does not, or nobody knows. */
    FALSE("False"),
    /** There is no verdict. */
    UNKNOWN("Unknown");

    private final String word;

    Ready(String word) {
      this.word = word;
    }

    /** The word in the condition. */
    public String word() {
      return word;
    }

    /** The status of that word; Unknown for any other. */
    public static Ready ofWord(String word) {
      return switch (word) {
        case "True" -> TRUE;
        case "False" -> FALSE;
        default -> UNKNOWN;
      };
    }
  }

  /** The abnormal conditions of kstatus; at most one is true. */
  public enum Progress {
    /** Nothing is left to do. */
    DONE,
    /** It is tried again without anybody's help. */
    RECONCILING,
    /** Somebody has to act; it is tried again, but will not pass by itself. */
    STALLED
  }

  /** The same verdict with that status of Ready: a suspended object stays as ready as it was. */
  public Verdict withReady(Ready other) {
    return new Verdict(other, reason, message, progress, again);
  }

  /** What an outcome means. */
  public static Verdict of(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Suspended() ->
          new Verdict(Ready.UNKNOWN, Reason.SUSPENDED, "spec.suspend is true: nothing is read or written", Progress.DONE, Optional.empty());
      case Outcome.SpecInvalid(var message) -> stalled(Reason.SPEC_INVALID, message, Optional.empty());
      case Outcome.NoStore(var resolution) -> ofStore(resolution);
      case Outcome.KeyNotAllowed(var message) -> stalled(Reason.KEY_NOT_ALLOWED, message, Optional.empty());
      case Outcome.NoIdentity(var failure) -> ofIdentity(failure);
      case Outcome.NotFetched(var failures) -> {
        Answer.Failed first = failures.getFirst();
        int others = failures.size() - 1;
        String suffix = others == 0 ? "" : " (and " + others + " more source" + (others == 1 ? "" : "s") + " cannot be read)";
        boolean refused = failures.stream().map(failed -> failed.failure().kind()).anyMatch(Verdict::dependsOnIdentity);
        yield ofFailure(first.failure(), suffix, refused ? Optional.of(IDENTITY) : Optional.empty());
      }
      case Outcome.NotRendered(var message) -> stalled(Reason.INVALID_DATA, message, Optional.empty());
      case Outcome.Deleted() ->
          new Verdict(
              Ready.TRUE,
              Reason.SECRET_DELETED,
              "every source is gone from AWS; the target was deleted by deletionPolicy Delete",
              Progress.DONE,
              Optional.empty());
      case Outcome.Written(var result) -> ofWrite(result);
    };
  }

  /** What a failure of a store's own identity check means. */
  public static Verdict ofIdentity(SourceFailure failure) {
    return ofFailure(failure, "", Optional.of(failure.kind().passing() ? SOON : IDENTITY));
  }

  /** What a resolution means that gives no usable store. */
  public static Verdict ofStore(StoreResolution resolution) {
    return switch (resolution) {
      case StoreResolution.Usable(var plan) -> throw new IllegalArgumentException(plan.store() + " is usable");
      case StoreResolution.Missing(var message) ->
          new Verdict(Ready.FALSE, Reason.STORE_NOT_FOUND, message, Progress.RECONCILING, Optional.empty());
      case StoreResolution.NotAdmitted(var message) -> stalled(Reason.STORE_NOT_ADMITTED, message, Optional.empty());
      case StoreResolution.Invalid(var message) -> stalled(Reason.STORE_INVALID, message, Optional.empty());
      case StoreResolution.Referent(var message) ->
          new Verdict(Ready.UNKNOWN, Reason.REFERENT_IDENTITY, message, Progress.DONE, Optional.empty());
    };
  }

  /** The reason for each class of failure. */
  public static Reason reasonOf(FailureKind kind) {
    return switch (kind) {
      case ACCESS_DENIED -> Reason.ACCESS_DENIED;
      case NOT_FOUND -> Reason.SOURCE_NOT_FOUND;
      case MARKED_FOR_DELETION -> Reason.MARKED_FOR_DELETION;
      case DECRYPTION -> Reason.DECRYPTION_FAILED;
      case THROTTLED -> Reason.THROTTLED;
      case SERVER_FAULT -> Reason.SERVER_FAULT;
      case NETWORK -> Reason.NETWORK_FAILURE;
      case CREDENTIALS -> Reason.CREDENTIALS_INVALID;
      case INVALID_REQUEST -> Reason.INVALID_REQUEST;
    };
  }

  private static boolean dependsOnIdentity(FailureKind kind) {
    return kind == FailureKind.ACCESS_DENIED || kind == FailureKind.CREDENTIALS;
  }

  private static Verdict ofFailure(SourceFailure failure, String suffix, Optional<Duration> again) {
    return new Verdict(
        Ready.FALSE,
        reasonOf(failure.kind()),
        failure.message() + suffix,
        failure.kind().passing() ? Progress.RECONCILING : Progress.STALLED,
        again);
  }

  private static Verdict ofWrite(WriteResult result) {
    return switch (result) {
      case WriteResult.Created(_), WriteResult.Updated(_, _) -> synced();
      case WriteResult.Unchanged(@Nullable String token) ->
          token == null
              ? new Verdict(
                  Ready.TRUE,
                  Reason.SECRET_SYNCED,
                  "every source can be read; creationPolicy None writes nothing",
                  Progress.DONE,
                  Optional.empty())
              : synced();
      case WriteResult.Absent(var message) ->
          new Verdict(Ready.FALSE, Reason.TARGET_MISSING, message, Progress.RECONCILING, Optional.of(SOON));
      case WriteResult.Refused(var refusal, var message) ->
          switch (refusal) {
            case CONTESTED -> new Verdict(Ready.FALSE, Reason.DRIFT_CONTESTED, message, Progress.RECONCILING, Optional.of(SOON));
            case FOREIGN, OWNED_BY_OTHER -> stalled(reasonOf(refusal), message, Optional.of(TAKE_OVER));
            case KEY_CONFLICT, IMMUTABLE, NOT_ACCEPTED -> stalled(reasonOf(refusal), message, Optional.of(LATER));
          };
      case WriteResult.Failed(var message) ->
          new Verdict(Ready.FALSE, Reason.WRITE_FAILED, message, Progress.RECONCILING, Optional.of(SOON));
    };
  }

  private static Reason reasonOf(Refusal refusal) {
    return switch (refusal) {
      case FOREIGN -> Reason.TARGET_FOREIGN;
      case OWNED_BY_OTHER -> Reason.TARGET_OWNED_BY_OTHER;
      case KEY_CONFLICT -> Reason.KEY_CONFLICT;
      case IMMUTABLE -> Reason.TARGET_IMMUTABLE;
      case CONTESTED -> Reason.DRIFT_CONTESTED;
      case NOT_ACCEPTED -> Reason.TARGET_NOT_ACCEPTED;
    };
  }

  private static Verdict synced() {
    return new Verdict(Ready.TRUE, Reason.SECRET_SYNCED, "the target holds what AWS holds", Progress.DONE, Optional.empty());
  }

  private static Verdict stalled(Reason reason, String message, Optional<Duration> again) {
    return new Verdict(Ready.FALSE, reason, message, Progress.STALLED, again);
  }
}
