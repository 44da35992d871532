package dev.keyferry.config;

import java.util.List;

/** What reading flags and environment gave. */
public sealed interface ParsedConfig {

  /**
   * A configuration to run with.
   *
   * @param config the configuration
   * @param warnings what looks like a mistake and does no harm; one line each
   */
  record Configured(OperatorConfig config, List<String> warnings) implements ParsedConfig {
    /** The list never changes. */
    public Configured {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * {@code --help} was asked for.
   *
   * @param text what to print
   */
  record Help(String text) implements ParsedConfig {}

  /** {@code --version} was asked for. */
  record Version() implements ParsedConfig {}

  /**
   * Nothing to run with.
   *
   * @param errors all of them, one line each; each names the flag or the variable
   */
  record Invalid(List<String> errors) implements ParsedConfig {
    /** The list never changes. */
    public Invalid {
      errors = List.copyOf(errors);
    }
  }
}
