package dev.keyferry.emulator;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Verifies Signature Version 4, so that a wrong secret key fails as on AWS. */
final class SignatureV4 {

  private SignatureV4() {}

  static AwsError invalid(boolean sts, String message) {
    return sts ? new AwsError(403, "SignatureDoesNotMatch", message) : AwsError.of("InvalidSignatureException", message);
  }

  static void check(Incoming incoming, Matcher credential, String secretKey, boolean sts) {
    String expected = signature(incoming, credential, secretKey);
    if (!MessageDigest.isEqual(bytes(expected), bytes(credential.group(6)))) {
      throw invalid(
          sts,
          "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing"
              + " method. Consult the service documentation for details.");
    }
  }

  private static String signature(Incoming incoming, Matcher credential, String secretKey) {
    String date = credential.group(2);
    String scope = date + "/" + credential.group(3) + "/" + credential.group(4) + "/aws4_request";
    String canonical = canonical(incoming, List.of(credential.group(5).split(";")));
    String toSign = "AWS4-HMAC-SHA256\n" + incoming.headers().getFirst("X-Amz-Date") + "\n" + scope + "\n" + sha256(bytes(canonical));
    byte[] key = hmac(hmac(hmac(hmac(bytes("AWS4" + secretKey), date), credential.group(3)), credential.group(4)), "aws4_request");
    return HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static String canonical(Incoming incoming, List<String> signedHeaders) {
    StringBuilder text = new StringBuilder("POST\n").append(incoming.path()).append('\n').append(incoming.query()).append('\n');
    for (String name : signedHeaders) {
      List<String> values = incoming.headers().getOrDefault(name, List.of());
      String joined = String.join(",", values.stream().map(value -> value.strip().replaceAll(" +", " ")).toList());
      text.append(name).append(':').append(joined).append('\n');
    }
    return text.append('\n').append(String.join(";", signedHeaders)).append('\n').append(sha256(incoming.body())).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
