package dev.keyferry.write;

import dev.keyferry.kube.TargetRecord;
import dev.keyferry.render.RenderedSecret;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one ExternalSecret wants of its target.
 *
 * @param owner the ExternalSecret
 * @param target name of the Secret
 * @param creation who makes and owns it
 * @param immutable whether it becomes immutable
 * @param secret its data
 * @param revisions the restart form of each ref's revision, by a stable text of the ref; refs that never restart are left out
 * @param quiet the same of the refs that never restart: they tell a new version from drift
 * @param restarts what the ExternalSecret says of restarts
 */
public record WriteRequest(
    Owner owner,
    String target,
    CreationPolicy creation,
    boolean immutable,
    RenderedSecret secret,
    Map<String, String> revisions,
    Map<String, String> quiet,
    Restarts restarts) {

  /** A request of an ExternalSecret that says nothing of restarts. */
  public WriteRequest(
      Owner owner,
      String target,
      CreationPolicy creation,
      boolean immutable,
      RenderedSecret secret,
      Map<String, String> revisions,
      Map<String, String> quiet) {
    this(owner, target, creation, immutable, secret, revisions, quiet, Restarts.UNSAID);
  }

  /**
   * The ExternalSecret.
   *
   * @param namespace its namespace
   * @param name its name
   * @param uid its uid
   */
  public record Owner(String namespace, String name, String uid) {}

  /**
   * What an ExternalSecret says of restarts.
   *
   * @param wish which workloads and when; null for nothing
   * @param trigger what advances the token
   * @param reloaderIgnore whether Stakater's Reloader is kept away from the target
   */
  public record Restarts(TargetRecord.@Nullable Restart wish, Trigger trigger, boolean reloaderIgnore) {

    /** Nothing. */
    public static final Restarts UNSAID = new Restarts(null, Trigger.VERSION, false);
  }

  /** What advances a token. */
  public enum Trigger {
    /** A revision that moves. */
    VERSION,
    /** Data that differs. */
    DATA,
    /** Nothing now, since data cannot be compared; what was written last stays to be compared later. */
    LATER
  }
}
