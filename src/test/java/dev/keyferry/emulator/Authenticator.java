package dev.keyferry.emulator;

import com.sun.net.httpserver.Headers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds out who signed a request, and refuses as AWS does: in the words of STS or in those of the JSON services. */
final class Authenticator {

  /** Who signed, and for which region. */
  record Signed(Caller caller, String region) {}

  private static final Pattern CREDENTIAL =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/,]+)/(\\d{8})/([^/,]+)/([^/,]+)/aws4_request, *SignedHeaders=([^,]+), *Signature=(\\w+)");
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final Duration SKEW = Duration.ofMinutes(15);

  private final Principals principals;
  private final InstantSource clock;
  private final InstantSource signingClock;

  Authenticator(Principals principals, InstantSource clock, InstantSource signingClock) {
    this.principals = principals;
    this.clock = clock;
    this.signingClock = signingClock;
  }

  Signed authenticate(Incoming incoming) {
    boolean sts = incoming.service().equals("sts");
    Matcher credential = parse(incoming.headers(), sts);
    checkScope(incoming, credential);
    checkDate(incoming.headers(), sts);
    Principals.Issued issued = principals.find(credential.group(1)).orElseThrow(() -> unknown(sts));
    if (!Objects.equals(issued.keys().sessionToken(), incoming.headers().getFirst("X-Amz-Security-Token"))) {
      throw unknown(sts);
    }
    Instant end = issued.keys().expiresAt();
    if (end != null && !clock.instant().isBefore(end)) {
      throw expired(sts);
    }
    SignatureV4.check(incoming, credential, issued.keys().secretAccessKey(), sts);
    return new Signed(issued.caller(), credential.group(3));
  }

  /** Whoever it claims to be, for the call log only. */
  Optional<Signed> claimed(Headers headers) {
    String header = authorization(headers);
    Matcher credential = CREDENTIAL.matcher(header == null ? "" : header);
    return credential.matches()
        ? principals.find(credential.group(1)).map(issued -> new Signed(issued.caller(), credential.group(3)))
        : Optional.empty();
  }

  private static @Nullable String authorization(Headers headers) {
    return headers.getFirst("Authorization");
  }

  private static Matcher parse(Headers headers, boolean sts) {
    String header = authorization(headers);
    if (header == null) {
      throw sts
          ? new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
          : AwsError.of("MissingAuthenticationTokenException", "Missing Authentication Token");
    }
    Matcher credential = CREDENTIAL.matcher(header);
    if (!credential.matches()) {
      throw AwsError.of("IncompleteSignatureException", "Authorization header requires 'Credential' parameter.");
    }
    return credential;
  }

  private static void checkScope(Incoming incoming, Matcher credential) {
    if (!credential.group(4).equals(incoming.service())) {
      throw SignatureV4.invalid(
          incoming.service().equals("sts"), "Credential should be scoped to correct service: '" + incoming.service() + "'.");
    }
  }

  private void checkDate(Headers headers, boolean sts) {
    Instant now = signingClock.instant();
    Instant signed = signedAt(headers, sts);
    if (signed.isBefore(now.minus(SKEW))) {
      throw skewed(sts, "Signature expired: %s is now earlier than %s (%s - 15 min.)", signed, now.minus(SKEW), now);
    }
    if (signed.isAfter(now.plus(SKEW))) {
      throw skewed(sts, "Signature not yet current: %s is still later than %s (%s + 15 min.)", signed, now.plus(SKEW), now);
    }
  }

  private static AwsError skewed(boolean sts, String text, Instant signed, Instant bound, Instant now) {
    return SignatureV4.invalid(sts, text.formatted(DATE.format(signed), DATE.format(bound), DATE.format(now)));
  }

  private static Instant signedAt(Headers headers, boolean sts) {
    try {
      return Instant.from(DATE.parse(String.valueOf(headers.getFirst("X-Amz-Date"))));
    } catch (DateTimeException e) {
      throw SignatureV4.invalid(sts, "Date must be in ISO-8601 'basic format'.");
    }
  }

  private static AwsError unknown(boolean sts) {
    String text = "The security token included in the request is invalid.";
    return sts ? new AwsError(403, "InvalidClientTokenId", text) : AwsError.of("UnrecognizedClientException", text);
  }

  private static AwsError expired(boolean sts) {
    String text = "The security token included in the request is expired";
    return sts ? new AwsError(403, "ExpiredToken", text) : AwsError.of("ExpiredTokenException", text);
  }
}
