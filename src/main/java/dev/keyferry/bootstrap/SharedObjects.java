package dev.keyferry.bootstrap;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.Cloner;

/** Gives reconcilers the cached objects themselves: they only read them, and a copy of each would be made for each reconcile. */
final class SharedObjects implements Cloner {

  @Override
  public <R extends HasMetadata> R clone(R object) {
    return object;
  }
}
