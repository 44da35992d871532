package dev.keyferry.reconcile;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceRef;
import dev.keyferry.store.StorePlan;
import java.util.Collection;
import java.util.Optional;

/** Holds an object to the keys that its store lets its namespace read: before the read by what is asked, after it by what answered. */
final class KeyRules {

  private KeyRules() {}

  /** Why what is asked for is refused without a read; empty where it may be allowed. */
  static Optional<String> refused(StorePlan plan, SyncSpec.Valid spec) {
    return spec.refs().stream()
        .filter(ref -> !plan.allowedKeys().mayAdmit(ref.service(), ref.key()))
        .findFirst()
        .map(ref -> message(plan, ref));
  }

  /** Why values that were read are refused; empty where all are allowed. */
  static Optional<String> refused(StorePlan plan, Collection<Fetched.Found> found) {
    return found.stream()
        .filter(one -> !plan.allowedKeys().admits(one.ref().service(), one.revision().arn()))
        .findFirst()
        .map(one -> message(plan, one.ref()));
  }

  private static String message(StorePlan plan, SourceRef ref) {
    return plan.store() + " does not let this namespace read " + ref.key() + ": its conditions[].allowedKeys are "
        + String.join(", ", plan.allowedKeys().prefixes());
  }
}
