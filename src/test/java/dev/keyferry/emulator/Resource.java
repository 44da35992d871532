package dev.keyferry.emulator;

/**
 * What an action is tried on.
 *
 * @param shown as AWS shows it: the ARN where it exists, else what the caller passed; empty for account-level actions
 * @param name its name
 */
record Resource(String shown, String name) {

  /** What account-level actions are tried on. */
  static final Resource ACCOUNT = new Resource("", "");

  boolean named() {
    return !shown.isEmpty();
  }
}
