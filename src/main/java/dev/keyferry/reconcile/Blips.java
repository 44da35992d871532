package dev.keyferry.reconcile;

import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.fetch.FetchPlanner;
import dev.keyferry.status.Conditions;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Counts the passing failures of identities in a row, by object: the first ones are no news while the object is as it should be. */
final class Blips {

  private final ConcurrentMap<String, Integer> inARow = new ConcurrentHashMap<>();

  /** One more; returns whether nobody is told of it. */
  boolean untold(String uid, List<StatusCondition> before) {
    return isReady(before) && inARow.merge(uid, 1, Integer::sum) <= FetchPlanner.UNTOLD_FAILURES;
  }

  /** It went well, failed in another way, or the object is gone. */
  void over(String uid) {
    inARow.remove(uid);
  }

  static boolean isReady(List<StatusCondition> conditions) {
    return Conditions.find(conditions, Conditions.READY).filter(ready -> ready.status().equals("True")).isPresent();
  }
}
