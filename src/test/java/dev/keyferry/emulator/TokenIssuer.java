package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** An issuer of web identity tokens with an RSA key of its own, as a cluster's API server is one. */
public final class TokenIssuer {

  private static final String KEY_ID = "emulator-1";

  private final String issuer;
  private @Nullable KeyPair keys;

  /** An issuer with a key that is made when it is first needed. */
  public TokenIssuer(String issuer) {
    this.issuer = issuer;
  }

  private synchronized KeyPair keys() {
    KeyPair made = keys == null ? generate() : keys;
    keys = made;
    return made;
  }

  private static KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The {@code iss} of its tokens. */
  public String issuer() {
    return issuer;
  }

  /** Its public key as a JWKS. */
  public String jwks() {
    RSAPublicKey key = (RSAPublicKey) keys().getPublic();
    ObjectNode set = new JsonMapper().createObjectNode();
    set.putArray("keys")
        .addObject()
        .put("kty", "RSA")
        .put("alg", "RS256")
        .put("use", "sig")
        .put("kid", KEY_ID)
        .put("n", number(key.getModulus()))
        .put("e", number(key.getPublicExponent()));
    return set.toString();
  }

  /** A signed token. */
  public String token(String audience, String subject, Instant issuedAt, Instant expiresAt) {
    ObjectNode header = new JsonMapper().createObjectNode().put("alg", "RS256").put("kid", KEY_ID).put("typ", "JWT");
    ObjectNode claims = new JsonMapper().createObjectNode().put("iss", issuer).put("sub", subject);
    claims.putArray("aud").add(audience);
    claims.put("iat", issuedAt.getEpochSecond()).put("nbf", issuedAt.getEpochSecond()).put("exp", expiresAt.getEpochSecond());
    String signed = encode(header) + "." + encode(claims);
    return signed + "." + encode(sign(signed));
  }

  private byte[] sign(String text) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys().getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String number(BigInteger number) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    return encode(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private static String encode(ObjectNode json) {
    return encode(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
