package dev.keyferry.kube;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/**
 * How the operator applies. What is large goes as text, beside an object that has no more than its name: the client makes a copy of the
 * object by writing and reading it.
 */
public final class Applies {

  /** The server need not look for unknown or doubled fields in what is written here; it would parse the text a second time for that. */
  private static final String UNCHECKED = "Ignore";

  private Applies() {}

  /**
   * A server-side apply.
   *
   * @param manager who owns the fields; at most 128 bytes
   * @param force whether fields of other managers are taken over, rather than answered by 409
   */
  public static PatchContext by(String manager, boolean force) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(force)
        .withFieldValidation(UNCHECKED)
        .build();
  }
}
