package dev.keyferry.source.aws;

import dev.keyferry.source.IdentitySpec.RoleLink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.KeyGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/** Digests of chains under a key of this process, so that a digest tells nothing of the key material in it and fits no other process. */
final class IdentityDigest {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKey key;

  /** Draws a key. */
  IdentityDigest() {
    try {
      this.key = KeyGenerator.getInstance(ALGORITHM).generateKey();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Digest of a base, before any role is assumed. */
  String of(Base base, String region, String sessionName) {
    Mac mac = mac();
    base.parts().forEach(part -> add(mac, part));
    add(mac, region);
    add(mac, sessionName);
    return HexFormat.of().formatHex(mac.doFinal());
  }

  /** Digest of a chain that is longer by one link. */
  String of(String before, RoleLink link) {
    Mac mac = mac();
    List.of("link", before, link.roleArn()).forEach(part -> add(mac, part));
    add(mac, link.externalId());
    for (Map.Entry<String, String> tag : link.sessionTags().entrySet()) {
      add(mac, tag.getKey());
      add(mac, tag.getValue());
    }
    return HexFormat.of().formatHex(mac.doFinal());
  }

  /** Each part goes in with its length, so that no two lists of parts give the same bytes. */
  private static void add(Mac mac, @Nullable String part) {
    byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(part == null ? -1 : bytes.length).flip());
    mac.update(bytes);
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
