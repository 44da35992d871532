package dev.keyferry.fetch;

/** How many secrets' rotations stand how; told to the listener at each change. Guarded by the watch's lock. */
final class RotationCounts {

  private final RotationListener listener;
  private int healthy;
  private int overdue;
  private int failed;

  RotationCounts(RotationListener listener) {
    this.listener = listener;
  }

  /** One stands otherwise now. */
  void moved(RotationHealth before, RotationHealth after) {
    count(before, -1);
    count(after, 1);
    listener.rotations(healthy, overdue, failed);
  }

  private void count(RotationHealth health, int more) {
    switch (health) {
      case RotationHealth.Healthy _ -> healthy += more;
      case RotationHealth.Overdue _ -> overdue += more;
      case RotationHealth.Failed _ -> failed += more;
      case RotationHealth.Unknown _, RotationHealth.Silent _ -> {}
    }
  }
}
