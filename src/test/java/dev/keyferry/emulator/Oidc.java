package dev.keyferry.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.RSAPublicKeySpec;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The account's OIDC providers: judges web identity tokens as STS does. Thread-safe. */
final class Oidc {

  /** What a good token says. */
  record Claims(String issuer, String subject, List<String> audiences) {}

  /**
   * A provider.
   *
   * @param jwks its keys; null where signatures are not checked
   * @param audiences the client ids it is registered with
   */
  record Provider(@Nullable Supplier<String> jwks, Set<String> audiences) {}

  private record Token(JsonNode header, JsonNode claims, byte[] signed, byte[] signature) {}

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, Provider> providers = new HashMap<>();
  private final InstantSource clock;

  Oidc(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void register(String issuer, Provider provider) {
    providers.put(issuer, provider);
  }

  synchronized @Nullable Provider provider(String issuer) {
    return providers.get(issuer);
  }

  /** Judges a token by itself; whether a role trusts it is another matter. */
  Claims verify(String compact) {
    Token token = parse(compact);
    String issuer = token.claims().path("iss").asText();
    Provider provider = provider(issuer);
    if (provider == null) {
      throw invalid("No OpenIDConnect provider found in your account for " + issuer);
    }
    if (provider.jwks() != null) {
      checkSignature(token, provider.jwks().get());
    }
    checkTimes(token.claims());
    List<String> audiences = audiences(token.claims());
    if (audiences.stream().noneMatch(provider.audiences()::contains)) {
      throw invalid("Incorrect token audience");
    }
    return new Claims(issuer, token.claims().path("sub").asText(), audiences);
  }

  private void checkTimes(JsonNode claims) {
    long now = clock.instant().getEpochSecond();
    if (!claims.path("exp").isNumber()) {
      throw invalid("Missing a required claim: exp");
    }
    long end = claims.path("exp").asLong();
    if (now >= end) {
      throw AwsError.of(
          "ExpiredTokenException",
          "Token expired: current date/time %d must be before the expiration date/time %d".formatted(now, end));
    }
    if (claims.path("nbf").asLong(0) > now + 300 || claims.path("iat").asLong(0) > now + 300) {
      throw invalid("The web identity token provided could not be validated");
    }
  }

  private static List<String> audiences(JsonNode claims) {
    JsonNode aud = claims.path("aud");
    Stream<JsonNode> each = aud.isArray() ? aud.valueStream() : Stream.of(aud);
    return each.map(JsonNode::asText).toList();
  }

  private static Token parse(String compact) {
    String[] parts = compact.split("\\.", -1);
    try {
      if (parts.length == 3) {
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        return new Token(json(parts[0]), json(parts[1]), signed, Base64.getUrlDecoder().decode(parts[2]));
      }
    } catch (IllegalArgumentException | JsonProcessingException e) {
      throw notJwt();
    }
    throw notJwt();
  }

  private static AwsError notJwt() {
    return invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }

  private static JsonNode json(String part) throws JsonProcessingException {
    return JSON.readTree(new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8));
  }

  private static void checkSignature(Token token, String jwks) {
    String kid = token.header().path("kid").asText();
    JsonNode key = keyOf(jwks, kid);
    if (key == null || !token.header().path("alg").asText().equals("RS256")) {
      throw invalid(
          "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for"
              + " requirements");
    }
    if (!verifies(key, token)) {
      throw invalid("The web identity token provided could not be validated");
    }
  }

  private static @Nullable JsonNode keyOf(String jwks, String kid) {
    try {
      for (JsonNode key : JSON.readTree(jwks).path("keys")) {
        if (key.path("kid").asText().equals(kid)) {
          return key;
        }
      }
      return null;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the JWKS that was set is no JSON", e);
    }
  }

  private static boolean verifies(JsonNode key, Token token) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initVerify(publicKey(key));
      signature.update(token.signed());
      return signature.verify(token.signature());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static PublicKey publicKey(JsonNode key) throws GeneralSecurityException {
    RSAPublicKeySpec spec = new RSAPublicKeySpec(number(key.path("n")), number(key.path("e")));
    return KeyFactory.getInstance("RSA").generatePublic(spec);
  }

  private static BigInteger number(JsonNode base64) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(base64.asText()));
  }

  private static AwsError invalid(String message) {
    return AwsError.of("InvalidIdentityToken", message);
  }
}
