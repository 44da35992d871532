package dev.keyferry.source.aws;

import dev.keyferry.source.IdentitySpec.RoleLink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
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
  String of(Base base, Sts.Manner manner) {
    Mac mac = mac();
    addAll(mac, base.parts());
    add(mac, manner.region());
    add(mac, manner.kind().toString());
    add(mac, manner.sessionName());
    addAll(mac, manner.failoverRegions());
    return HexFormat.of().formatHex(mac.doFinal());
  }

  /** Digest of a chain that is longer by one link. */
  String of(String before, RoleLink link) {
    Mac mac = mac();
    List.of("link", before, link.roleArn()).forEach(part -> add(mac, part));
    add(mac, link.externalId());
    addAll(mac, link.sessionTags().keySet());
    addAll(mac, link.sessionTags().values());
    addAll(mac, link.transitiveTagKeys());
    return HexFormat.of().formatHex(mac.doFinal());
  }

  /** A list goes in with its length, so that what follows cannot be taken for its end. */
  private static void addAll(Mac mac, Collection<String> parts) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(parts.size()).flip());
    parts.forEach(part -> add(mac, part));
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
