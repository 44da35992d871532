package dev.keyferry.restart;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which Secrets restart a workload. The nearest that says something wins: the workload, the ExternalSecret, the namespace, the
 * operator.
 */
final class OptIns {

  private static final Logger LOGGER = LoggerFactory.getLogger(OptIns.class);

  private final TargetTokens targets;
  private final boolean byDefault;
  private final Map<String, Boolean> namespaces = new ConcurrentHashMap<>();

  /**
   * Decides over what targets say.
   *
   * @param targets hold what ExternalSecrets say
   * @param byDefault what holds where nobody says anything
   */
  OptIns(TargetTokens targets, boolean byDefault) {
    this.targets = targets;
    this.byDefault = byDefault;
  }

  /** Takes what a namespace's {@code keyferry.dev/restart-on-change} says; null for nothing. Returns whether that is news. */
  boolean namespaceSays(String namespace, @Nullable String annotation) {
    @Nullable Boolean says =
        switch (OptIn.parse(annotation)) {
          case OptIn.Referenced() -> true;
          case OptIn.Off() -> false;
          case OptIn.Unset() -> null;
          case OptIn.Named(_), OptIn.Invalid(_) -> {
            LOGGER
                .atWarn()
                .addKeyValue("namespace", namespace)
                .log("keyferry.dev/restart-on-change of a namespace is neither true nor false, and counts as missing");
            yield null;
          }
        };
    Boolean before = says == null ? namespaces.remove(namespace) : namespaces.put(namespace, says);
    return says == null ? before != null : !says.equals(before);
  }

  /** The workload, whose opt-in is what comes of all that is said. */
  WorkloadView resolved(WorkloadView workload) {
    return switch (workload.optIn()) {
      case OptIn.Off() -> workload;
      case OptIn.Invalid(_) -> workload;
      case OptIn.Named(_) -> workload;
      case OptIn.Referenced() -> {
        Set<String> all = new TreeSet<>(workload.references());
        yield all.addAll(named(workload.key())) ? workload.with(new OptIn.Named(all)) : workload;
      }
      case OptIn.Unset() -> {
        Set<String> asked = named(workload.key());
        workload.references().stream().filter(name -> wanted(workload.key(), name)).forEach(asked::add);
        yield asked.isEmpty() ? workload : workload.with(new OptIn.Named(asked));
      }
    };
  }

  /** The Secrets whose ExternalSecrets name the workload. */
  private Set<String> named(WorkloadKey workload) {
    return targets.naming(workload).stream().map(SecretKey::name).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a Secret that the workload references restarts it. Of several ExternalSecrets that write to it, one that wants that is enough. */
  private boolean wanted(WorkloadKey workload, String secret) {
    Collection<SecretWish> wishes = targets.wishes(new SecretKey(workload.namespace(), secret)).values();
    boolean refused = false;
    for (SecretWish wish : wishes) {
      Boolean wants = wish.wants(workload, true);
      if (Boolean.TRUE.equals(wants)) {
        return true;
      }
      refused |= wants != null;
    }
    return !refused && namespaces.getOrDefault(workload.namespace(), byDefault);
  }
}
