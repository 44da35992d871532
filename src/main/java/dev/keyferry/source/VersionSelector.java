package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/** Which version of a source is asked for. */
public sealed interface VersionSelector {

  /** The version that is in force: stage {@code AWSCURRENT}, or a parameter's latest. */
  VersionSelector CURRENT = new Current();

  /** The version in force. */
  record Current() implements VersionSelector {}

  /**
   * The version that a staging label, or a parameter's label, stands on.
   *
   * @param label the label
   */
  record Stage(String label) implements VersionSelector {}

  /**
   * One fixed version. It never moves, so it never restarts a workload.
   *
   * @param versionId a secret's VersionId, or a parameter's version number
   */
  record Id(String versionId) implements VersionSelector {}

  /**
   * Reads {@code remoteRef.version}. The grammar is External Secrets Operator's: empty or {@code AWSCURRENT} is the version in force,
   * {@code uuid/X} the VersionId X, anything else a label; for a parameter a number is a version.
   *
   * @param service where the source is kept
   * @param version the text; null means the version in force
   */
  static VersionSelector parse(SourceService service, @Nullable String version) {
    if (version == null || version.isEmpty()) {
      return CURRENT;
    }
    return switch (service) {
      case SECRETS_MANAGER -> {
        if (version.equals("AWSCURRENT")) {
          yield CURRENT;
        }
        yield version.startsWith("uuid/") ? new Id(version.substring("uuid/".length())) : new Stage(version);
      }
      case PARAMETER_STORE -> version.chars().allMatch(c -> c >= '0' && c <= '9') ? new Id(version) : new Stage(version);
    };
  }
}
