package dev.keyferry.write;

import dev.keyferry.render.RenderedSecret;
import java.util.Map;

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
 */
public record WriteRequest(
    Owner owner,
    String target,
    CreationPolicy creation,
    boolean immutable,
    RenderedSecret secret,
    Map<String, String> revisions,
    Map<String, String> quiet) {

  /**
   * The ExternalSecret.
   *
   * @param namespace its namespace
   * @param name its name
   * @param uid its uid
   */
  public record Owner(String namespace, String name, String uid) {}
}
