package dev.keyferry.write;

import java.util.Collection;
import java.util.Optional;

/** The targets that the informer knows: Secrets with the managed label, without their values. */
public interface TargetCache {

  /** The target of that name, or empty where the informer holds none: it may still exist without the label. */
  Optional<TargetView> get(String namespace, String name);

  /** Targets of a namespace that carry a record of the ExternalSecret of that name. */
  Collection<TargetView> writtenBy(String namespace, String externalSecret);

  /** Takes in what a write returned, so that the informer's echo of it wakes nobody. */
  void settled(TargetView view);

  /** Takes in that a target is gone. */
  void removed(String namespace, String name);
}
