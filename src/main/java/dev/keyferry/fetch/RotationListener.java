package dev.keyferry.fetch;

/** Told how the rotations of secrets stand, for metrics. */
@FunctionalInterface
public interface RotationListener {

  /**
   * The secrets that are known to be rotated; each counts once for each identity that reads it.
   *
   * @param healthy rotated in time
   * @param overdue not rotated by their date
   * @param failed whose last rotation failed
   */
  void rotations(int healthy, int overdue, int failed);
}
