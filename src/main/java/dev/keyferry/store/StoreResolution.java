package dev.keyferry.store;

/** Which store an object gets, or why it gets none. */
public sealed interface StoreResolution {

  /**
   * A store that may be used.
   *
   * @param plan what it means for the namespace
   */
  record Usable(StorePlan plan) implements StoreResolution {}

  /**
   * The store is not there; the object waits for it.
   *
   * @param message which store
   */
  record Missing(String message) implements StoreResolution {}

  /**
   * The store does not admit the namespace; the object waits until it does.
   *
   * @param message which store and which namespace
   */
  record NotAdmitted(String message) implements StoreResolution {}

  /**
   * The reference or the store is wrong until somebody changes it.
   *
   * @param message the field and the fix
   */
  record Invalid(String message) implements StoreResolution {}

  /**
   * The store's identity depends on the namespace that uses it, so that there is no verdict on the store alone.
   *
   * @param message says so
   */
  record Referent(String message) implements StoreResolution {}
}
