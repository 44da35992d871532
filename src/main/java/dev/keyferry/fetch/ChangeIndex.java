package dev.keyferry.fetch;

import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tracked sources by what a change may call them. Guarded by the planner's lock. */
final class ChangeIndex {

  private final Map<Place, Set<SourceState>> places = new HashMap<>();

  void enter(SourceState state) {
    for (String name : id(state).names()) {
      places.computeIfAbsent(place(state, name), _ -> new LinkedHashSet<>()).add(state);
    }
  }

  void leave(SourceState state) {
    for (String name : id(state).names()) {
      places.computeIfPresent(
          place(state, name),
          (_, states) -> {
            states.remove(state);
            return states.isEmpty() ? null : states;
          });
    }
  }

  boolean has(SourceState state) {
    return places.getOrDefault(place(state, id(state).name()), Set.of()).contains(state);
  }

  /** The sources that the change may be about and that can move by it. */
  List<SourceState> concerned(SourceChange change) {
    SourceId changed = SourceId.of(change.service(), change.id());
    String account = change.account() == null ? changed.account() : change.account();
    Set<SourceState> found = new LinkedHashSet<>();
    for (String name : changed.names()) {
      found.addAll(places.getOrDefault(new Place(change.service(), change.region(), name), Set.of()));
    }
    List<SourceState> concerned = new ArrayList<>();
    for (SourceState state : found) {
      if (id(state).mayBe(changed) && mayBeIn(account, state) && canMove(state, change.stage())) {
        concerned.add(state);
      }
    }
    return concerned;
  }

  /** Whether a source can be in an account: which one it is in, its ARN says, once it has been read. */
  private static boolean mayBeIn(@Nullable String account, SourceState state) {
    String own = id(state).account();
    if (own == null && state.known != null) {
      own = SourceId.of(state.key.ref().service(), state.known.revision().arn()).account();
    }
    return account == null || own == null || own.isEmpty() || account.equals(own);
  }

  /** A source that was read and is to be looked at once stays as it is, and so does a fixed version. */
  private static boolean canMove(SourceState state, @Nullable String stage) {
    boolean still = state.known != null && (state.interval().isZero() || state.key.ref().pinned());
    return !still
        && switch (state.key.ref().version()) {
          case VersionSelector.Current() -> stage == null || stage.equals(SourceChange.CURRENT);
          case VersionSelector.Stage(String label) ->
              stage == null || stage.equals(label) || (label.equals(SourceChange.PREVIOUS) && stage.equals(SourceChange.CURRENT));
          case VersionSelector.Id(_) -> true;
        };
  }

  private static SourceId id(SourceState state) {
    return SourceId.of(state.key.ref().service(), state.key.ref().key());
  }

  private static Place place(SourceState state, String name) {
    return new Place(state.key.ref().service(), state.key.scope().region(), name);
  }

  private record Place(SourceService service, String region, String name) {}
}
