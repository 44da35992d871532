package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Signs ServiceAccount tokens as an API server does, with a key of its own that it publishes. */
final class ServiceAccountTokens {

  private static final String KEY_ID = "embedded";
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final String issuer;
  private final Clock clock;
  private @Nullable KeyPair keys;

  /** Makes its key when it is first needed. */
  ServiceAccountTokens(String issuer, Clock clock) {
    this.issuer = issuer;
    this.clock = clock;
  }

  private synchronized KeyPair keys() {
    if (keys == null) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has RSA", e);
      }
    }
    return keys;
  }

  /** Answers a TokenRequest for that ServiceAccount. */
  ObjectNode answer(ObjectNode account, ObjectNode request) {
    JsonNode spec = request.path("spec");
    Instant now = clock.instant();
    Instant expires = now.plusSeconds(Math.max(600, spec.path("expirationSeconds").asLong(3600)));
    ObjectNode answer = request.deepCopy();
    answer.put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
    ObjectNode status = answer.putObject("status");
    status.put("expirationTimestamp", Instant.ofEpochSecond(expires.getEpochSecond()).toString());
    status.put("token", sign(claims(account, spec, now, expires)));
    return answer;
  }

  private ObjectNode claims(ObjectNode account, JsonNode spec, Instant now, Instant expires) {
    JsonNode metadata = account.path("metadata");
    String namespace = metadata.path("namespace").asText();
    String name = metadata.path("name").asText();
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    ArrayNode audiences = claims.putArray("aud");
    spec.path("audiences").forEach(audiences::add);
    if (audiences.isEmpty()) {
      audiences.add(issuer);
    }
    claims.put("iss", issuer).put("sub", "system:serviceaccount:" + namespace + ":" + name);
    claims.put("iat", now.getEpochSecond()).put("nbf", now.getEpochSecond()).put("exp", expires.getEpochSecond());
    ObjectNode kubernetes = claims.putObject("kubernetes.io").put("namespace", namespace);
    kubernetes.putObject("serviceaccount").put("name", name).put("uid", metadata.path("uid").asText());
    return claims;
  }

  private String sign(ObjectNode claims) {
    ObjectNode header = JsonNodeFactory.instance.objectNode().put("alg", "RS256").put("kid", KEY_ID).put("typ", "JWT");
    String content = encode(utf8(header)) + "." + encode(utf8(claims));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(keys().getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key did not sign", e);
    }
  }

  /** The public key as a JSON Web Key Set. */
  ObjectNode jwks() {
    RSAPublicKey key = (RSAPublicKey) keys().getPublic();
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    ObjectNode one = set.putArray("keys").addObject().put("use", "sig").put("kty", "RSA").put("kid", KEY_ID).put("alg", "RS256");
    one.put("n", encode(unsigned(key.getModulus()))).put("e", encode(unsigned(key.getPublicExponent())));
    return set;
  }

  /** The discovery document that names the key set. */
  ObjectNode configuration() {
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("issuer", issuer).put("jwks_uri", issuer + "/openid/v1/jwks");
    document.putArray("response_types_supported").add("id_token");
    document.putArray("subject_types_supported").add("public");
    document.putArray("id_token_signing_alg_values_supported").add("RS256");
    return document;
  }

  private static byte[] utf8(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static String encode(byte[] bytes) {
    return BASE64.encodeToString(bytes);
  }
}
