package dev.keyferry.fetch;

import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Scope;
import java.time.Duration;
import java.util.Set;

/**
 * What one owner wants to have found.
 *
 * @param owner who asks, in a form that equals itself from one request to the next; its queries of earlier requests are forgotten
 * @param scope who lists, and where
 * @param queries what to find
 * @param interval longest time between two looks; zero looks once
 * @param retryNow whether to try again although the wait after a failure is not over
 */
public record FindRequest(String owner, Scope scope, Set<FindQuery> queries, Duration interval, boolean retryNow) {

  /** The set never changes. */
  public FindRequest {
    queries = Set.copyOf(queries);
  }
}
