package dev.keyferry.emulator;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keys that the emulator gave out; only the access key id is shown.
 *
 * @param accessKeyId {@code AKIA…} for a user, {@code ASIA…} for a session
 * @param secretAccessKey what requests are signed with
 * @param sessionToken belongs to a session; null for a user
 * @param expiresAt when a session ends; null for a user
 */
public record Keys(String accessKeyId, String secretAccessKey, @Nullable String sessionToken, @Nullable Instant expiresAt) {
  @Override
  public String toString() {
    return "Keys[" + accessKeyId + "]";
  }
}
