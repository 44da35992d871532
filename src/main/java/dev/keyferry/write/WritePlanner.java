package dev.keyferry.write;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.TargetRecord;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Decides what is to be done to a target. Pure: first who may write, then what differs. */
final class WritePlanner {

  private WritePlanner() {}

  /**
   * Decides.
   *
   * @param request what is desired
   * @param desired keyed digest of each desired value, by key
   * @param observed the Secret as it is; empty where there is none
   * @param now the time that a new token gets
   */
  static WritePlan plan(WriteRequest request, SortedMap<String, String> desired, Optional<TargetView> observed, Instant now) {
    String name = request.owner().namespace() + "/" + request.target();
    if (observed.isEmpty()) {
      return request.creation() == CreationPolicy.MERGE
          ? new WritePlan.Wait(
              "Secret " + name + " does not exist and creationPolicy Merge only adds to one that does: create it, or use CreateOrMerge")
          : new WritePlan.Apply(Tokens.next(request, Optional.empty(), now), true);
    }
    TargetView target = observed.get();
    if (target.terminating()) {
      return new WritePlan.Wait("Secret " + name + " is being deleted; it is written again when it is gone");
    }
    WritePlan refused = refuseOwner(request, target, name);
    return refused != null ? refused : planContent(request, desired, target, name, now);
  }

  private static @Nullable WritePlan refuseOwner(WriteRequest request, TargetView target, String name) {
    if (!request.creation().exclusive()) {
      return null;
    }
    String owner = request.owner().name();
    TargetView.Controller controller = target.controller();
    boolean ownRecord = target.records().containsKey(owner);
    boolean ownedByUs = ownedByUs(request, target);
    boolean controlledByOther =
        controller != null
            && !ownedByUs
            && !(controller.kind().equals("ExternalSecret") && controller.name().equals(owner) && ownRecord);
    if (controlledByOther) {
      return new WritePlan.Refuse(
          Refusal.OWNED_BY_OTHER,
          "Secret " + name + " is owned by " + controller.kind() + " " + controller.name() + ": choose another target.name");
    }
    boolean adopted = owner.equals(target.adopt());
    Optional<String> other = target.records().keySet().stream().filter(writer -> !writer.equals(owner)).findFirst();
    if (other.isPresent() && !adopted) {
      return new WritePlan.Refuse(
          Refusal.OWNED_BY_OTHER,
          "Secret " + name + " is written by ExternalSecret " + other.get()
              + ": choose another target.name, or creationPolicy Merge or CreateOrMerge in both, or allow the take-over with annotation "
              + Marks.ADOPT + "=" + owner + " on the Secret");
    }
    if (!ownRecord && !ownedByUs && !adopted) {
      return new WritePlan.Refuse(
          Refusal.FOREIGN,
          "Secret " + name + " exists and was not made by this ExternalSecret: delete it, choose another target.name, or allow the take-over"
              + " with annotation " + Marks.ADOPT + "=" + owner + " on the Secret");
    }
    return null;
  }

  private static WritePlan planContent(
      WriteRequest request, SortedMap<String, String> desired, TargetView target, String name, Instant now) {
    Optional<TargetRecord> previous = Optional.ofNullable(target.records().get(request.owner().name()));
    TargetRecord record = Tokens.next(request, previous, now);
    boolean exclusive = request.creation().exclusive();
    boolean dataSame =
        exclusive ? target.digests().equals(desired) : target.digests().entrySet().containsAll(desired.entrySet());
    if (target.immutable() && !dataSame) {
      return new WritePlan.Refuse(
          Refusal.IMMUTABLE,
          "Secret " + name + " is immutable and its sources have changed: delete it so that it is made anew, or choose another target.name");
    }
    boolean owned = ownedByUs(request, target) == (request.creation() == CreationPolicy.OWNER);
    boolean recordSame = previous.isPresent() && previous.get().equals(record);
    boolean flagSame = !request.immutable() || target.immutable();
    boolean ignoreSame = !request.restarts().reloaderIgnore() || target.reloaderIgnore();
    if (dataSame && owned && recordSame && flagSame && ignoreSame && target.managed()) {
      return new WritePlan.Nothing(record);
    }
    return new WritePlan.Apply(record, !recordSame);
  }

  private static boolean ownedByUs(WriteRequest request, TargetView target) {
    return target.controller() != null && target.controller().uid().equals(request.owner().uid());
  }
}
