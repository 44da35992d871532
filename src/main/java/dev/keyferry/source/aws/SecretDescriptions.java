package dev.keyferry.source.aws;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;

/**
 * Asks {@code DescribeSecret}. What only explains a failure is remembered for a while, and where a scope may not ask it is not asked again
 * within an hour.
 */
final class SecretDescriptions {

  static final String OPERATION = "DescribeSecret";
  private static final int ROOM = 1024;
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration DENIED = Duration.ofHours(1);

  private final AwsClients clients;
  private final SignedCalls calls;
  private final InstantSource clock;
  private final Map<Asked, Remembered> remembered = bounded();
  private final Map<Scope, Instant> deniedUntil = bounded();

  SecretDescriptions(AwsClients clients, SignedCalls calls, InstantSource clock) {
    this.clients = clients;
    this.calls = calls;
    this.clock = clock;
  }

  private record Asked(Scope scope, String id) {}

  private record Remembered(DescribeSecretResponse response, Instant until) {}

  /** Asks now. */
  SignedCalls.Answer<DescribeSecretResponse> ask(Scope scope, String id) {
    return calls.make(
        scope,
        AwsService.SECRETS_MANAGER,
        OPERATION,
        id,
        with ->
            clients.secretsManager(scope).describeSecret(r -> r.secretId(id).overrideConfiguration(o -> o.credentialsProvider(with))));
  }

  /** What is known of a secret, at most ten minutes old where AWS answers; empty where it may not be asked or nothing is known. */
  Optional<DescribeSecretResponse> find(Scope scope, String id) {
    Asked asked = new Asked(scope, id);
    Instant now = clock.instant();
    Optional<Remembered> last = last(asked);
    if (last.filter(known -> known.until().isAfter(now)).isPresent() || isDenied(scope, now)) {
      return last.map(Remembered::response);
    }
    return switch (ask(scope, id)) {
      case SignedCalls.Given<DescribeSecretResponse>(var response) -> {
        remember(asked, new Remembered(response, now.plus(FRESH)));
        yield Optional.of(response);
      }
      case SignedCalls.Refused<DescribeSecretResponse>(SourceFailure failure) -> {
        if (failure.kind() == FailureKind.ACCESS_DENIED) {
          denied(scope, now.plus(DENIED));
        }
        yield last.map(Remembered::response);
      }
    };
  }

  private synchronized Optional<Remembered> last(Asked asked) {
    return Optional.ofNullable(remembered.get(asked));
  }

  private synchronized void remember(Asked asked, Remembered known) {
    remembered.put(asked, known);
  }

  private synchronized boolean isDenied(Scope scope, Instant now) {
    return deniedUntil.getOrDefault(scope, Instant.MIN).isAfter(now);
  }

  private synchronized void denied(Scope scope, Instant until) {
    deniedUntil.put(scope, until);
  }

  private static <K, V> Map<K, V> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > ROOM;
      }
    };
  }
}
