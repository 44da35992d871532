package dev.keyferry.demo;

import java.io.PrintStream;
import java.util.Locale;

/** The demo's live account: numbered steps, short lines, each with the seconds since the start. It never sees a secret's value. */
final class Account {

  private final PrintStream out;
  private final long start = System.nanoTime();
  private int step;

  Account(PrintStream out) {
    this.out = out;
  }

  /** Begins the next step. */
  void step(String title) {
    step++;
    out.printf("%n%d. %s%n", step, title);
  }

  /** Says what somebody did. */
  void did(String what) {
    line("->", what);
  }

  /** Says what was seen to happen. */
  void saw(String what) {
    line("ok", what);
  }

  /** Shows something as it is, such as a row of a table. */
  void show(String what) {
    out.println("              " + what);
  }

  /** Says something between steps. */
  void note(String what) {
    out.println(what);
  }

  private void line(String mark, String what) {
    out.printf(Locale.ROOT, "   %6.1f s  %s %s%n", seconds(), mark, what);
  }

  /** Since the start. */
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
