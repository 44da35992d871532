package dev.keyferry.write;

import dev.keyferry.kube.TargetRecord;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Completes a request with what its restarts need: under {@code trigger: Data} a keyed digest of the data in place of the revisions. It is
 * filed under the key's id, so that a digest with another key is never compared with it: a lost key restarts nothing.
 */
public final class RestartMarks {

  private static final String ALGORITHM = "HmacSHA256";

  private final Supplier<Optional<byte[]>> key;
  private final ReloaderIgnore reloader;

  /**
   * Completes with those.
   *
   * @param key the digests' key, which survives restarts of the operator; empty where it cannot be had now. Asked for only under Data
   * @param reloader which targets Reloader is kept away from
   */
  public RestartMarks(Supplier<Optional<byte[]>> key, ReloaderIgnore reloader) {
    this.key = key;
    this.reloader = reloader;
  }

  WriteRequest complete(WriteRequest request) {
    WriteRequest.Restarts asked = request.restarts();
    boolean ignore = reloader.applies(asked);
    if (asked.trigger() == WriteRequest.Trigger.VERSION) {
      return with(request, request.revisions(), request.quiet(), new WriteRequest.Restarts(asked.wish(), asked.trigger(), ignore));
    }
    return key.get()
        .map(bytes -> new SecretKeySpec(bytes, ALGORITHM))
        .map(
            hmac ->
                with(
                    request,
                    Map.of("data/v1/" + id(hmac), digest(hmac, request.secret().data())),
                    Map.of(),
                    new WriteRequest.Restarts(asked.wish(), WriteRequest.Trigger.DATA, ignore)))
        .orElseGet(
            () -> with(request, Map.of(), Map.of(), new WriteRequest.Restarts(asked.wish(), WriteRequest.Trigger.LATER, ignore)));
  }

  private static WriteRequest with(
      WriteRequest request, Map<String, String> revisions, Map<String, String> quiet, WriteRequest.Restarts restarts) {
    return new WriteRequest(
        request.owner(), request.target(), request.creation(), request.immutable(), request.secret(), revisions, quiet, restarts);
  }

  private static String id(SecretKeySpec key) {
    return TargetRecord.shortDigest("id/" + HexFormat.of().formatHex(key.getEncoded()));
  }

  /** Each name and value goes in with its length, so that no two maps give the same bytes. */
  private static String digest(SecretKeySpec key, Map<String, byte[]> data) {
    Mac mac = mac(key);
    new TreeMap<>(data)
        .forEach(
            (name, value) -> {
              update(mac, name.getBytes(StandardCharsets.UTF_8));
              update(mac, value);
            });
    return HexFormat.of().formatHex(mac.doFinal());
  }

  private static void update(Mac mac, byte[] bytes) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    mac.update(bytes);
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
