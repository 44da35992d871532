package dev.keyferry.write;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keyed digests of values, so that caches hold no plaintext and can still tell whether it differs. The key lives as long as the process:
 * digests never leave it.
 */
public final class DataDigests {

  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /** Digests with that key, which the caller draws at random for each process. */
  public DataDigests(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The digest of each value, by key. */
  public SortedMap<String, String> of(Map<String, byte[]> data) {
    SortedMap<String, String> digests = new TreeMap<>();
    Mac mac = mac();
    data.forEach((name, value) -> digests.put(name, HexFormat.of().formatHex(mac.doFinal(value), 0, 16)));
    return digests;
  }

  /** The digest of each value of a Secret's {@code data}, where values stand in Base64; a value that is none counts as its characters. */
  public SortedMap<String, String> ofEncoded(@Nullable Map<String, String> data) {
    Map<String, byte[]> decoded = new TreeMap<>();
    if (data != null) {
      data.forEach((name, value) -> decoded.put(name, decode(value)));
    }
    return of(decoded);
  }

  private static byte[] decode(@Nullable String value) {
    try {
      return value == null ? new byte[0] : Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      return value.getBytes(StandardCharsets.UTF_8);
    }
  }

  private Mac mac() {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
