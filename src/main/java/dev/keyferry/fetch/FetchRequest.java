package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * What one owner asks for.
 *
 * @param owner who asks, in a form that equals itself from one request to the next; its refs of earlier requests are forgotten
 * @param scope who reads, and where
 * @param refs what to read
 * @param interval longest time between two looks at a source; zero looks once
 * @param retryNow whether to try again although the wait after a failure is not over
 * @param strict whether to read at each interval, whatever a list shows
 * @param applied what the owner's target is known to hold, as far as that is known; an older version has to be confirmed
 */
public record FetchRequest(
    String owner,
    Scope scope,
    Set<SourceRef> refs,
    Duration interval,
    boolean retryNow,
    boolean strict,
    Map<SourceRef, Applied> applied) {

  /** A request of an owner of whose target nothing is known. */
  public FetchRequest(String owner, Scope scope, Set<SourceRef> refs, Duration interval, boolean retryNow, boolean strict) {
    this(owner, scope, refs, interval, retryNow, strict, Map.of());
  }

  /** Set and map never change. */
  public FetchRequest {
    refs = Set.copyOf(refs);
    applied = Map.copyOf(applied);
  }

  /** A request that is content with what a list shows. */
  public FetchRequest(String owner, Scope scope, Set<SourceRef> refs, Duration interval, boolean retryNow) {
    this(owner, scope, refs, interval, retryNow, false);
  }
}
