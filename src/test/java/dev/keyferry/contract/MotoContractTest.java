package dev.keyferry.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.TokenIssuer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Moto, written by others, keeps the contract but for {@link MotoDeviations}. Needs {@code KEYFERRY_MOTO_ENDPOINT}. */
@Tag("moto")
class MotoContractTest extends AwsContract {

  private static final String ENDPOINT = "KEYFERRY_MOTO_ENDPOINT";
  private static final String ROLE = "arn:aws:iam::123456789012:role/";

  private static URI endpoint() {
    String given = System.getProperty(ENDPOINT, System.getenv(ENDPOINT));
    if (given == null || given.isBlank()) {
      throw new AssertionError(ENDPOINT + " must name a running moto_server, e.g. http://127.0.0.1:5000");
    }
    return URI.create(given);
  }

  @Override
  URI emptyAccount() {
    HttpRequest reset = HttpRequest.newBuilder(endpoint().resolve("/moto-api/reset")).POST(HttpRequest.BodyPublishers.noBody()).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.send(reset, BodyHandlers.discarding());
    } catch (IOException e) {
      throw new UncheckedIOException("no moto at " + endpoint(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return endpoint();
  }

  @Override
  Keys keys() {
    return new Keys("AKIATESTKEYFERRY0001", "any", null, null);
  }

  @Override
  public String roleArn() {
    return ROLE + "reader";
  }

  @Override
  public String webIdentityRoleArn() {
    return ROLE + "app";
  }

  @Override
  public String webIdentityToken() {
    Instant now = Instant.now();
    return new TokenIssuer("https://issuer.test").token("sts.amazonaws.com", "system:serviceaccount:ns:sa", now, now.plusSeconds(600));
  }

  @Override
  public void passTime() {
    Instant next = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 1);
    Awaitility.await().pollInterval(Duration.ofMillis(50)).until(() -> !Instant.now().isBefore(next));
  }

  @Override
  public void holds(Rule rule, ThrowingCallable assertion) {
    String reason = MotoDeviations.KNOWN.get(rule);
    if (reason == null) {
      assertThatCode(assertion).as(rule.name()).doesNotThrowAnyException();
      return;
    }
    assertThat(catchThrowable(assertion))
        .as("moto broke %s, since %s; what it keeps by now must be taken off the list", rule, reason)
        .isInstanceOfAny(AssertionError.class, AwsServiceException.class);
  }
}
