package dev.keyferry.emulator;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which moves of a staging label AWS refuses. */
final class StageMoves {

  private StageMoves() {}

  static void check(StoredSecret secret, Optional<SecretVersion> holder, String stage, @Nullable String from, @Nullable String to) {
    requireVersion(secret, from);
    requireVersion(secret, to);
    if (from == null && to == null) {
      throw AwsError.invalidParameter("You must provide a value for either RemoveFromVersionId or MoveToVersionId.");
    }
    if (stage.equals(Versions.CURRENT) && to == null) {
      throw AwsError.invalidParameter(
          "You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.");
    }
    if (holder.isPresent() && !holder.get().id().equals(from) && !holder.get().id().equals(to)) {
      throw AwsError.invalidParameter(
          ("The parameter RemoveFromVersionId can't be empty. Staging label %s is currently attached to version %s, so you must explicitly"
                  + " reference that version in RemoveFromVersionId.")
              .formatted(stage, holder.get().id()));
    }
    if (from != null && holder.filter(version -> version.id().equals(from)).isEmpty()) {
      throw AwsError.invalidParameter("Staging label %s is not attached to version %s.".formatted(stage, from));
    }
  }

  private static void requireVersion(StoredSecret secret, @Nullable String id) {
    if (id != null && secret.versions().get(id).isEmpty()) {
      throw AwsError.notFound("Secrets Manager can't find the specified secret value for VersionId: " + id);
    }
  }
}
