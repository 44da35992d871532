package dev.keyferry.bootstrap;

import java.util.List;

/** The operator cannot start, for reasons that a person can do something about. */
public final class StartFailure extends Exception {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  StartFailure(List<String> problems) {
    super(String.join("; ", problems), null, false, false);
    this.problems = List.copyOf(problems);
  }

  /** What stands in the way, each with what to do. */
  public List<String> problems() {
    return problems;
  }
}
