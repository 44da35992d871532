package dev.keyferry.source.aws;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Calls with a scope's credentials. Where AWS says that they have run out, new ones are made and the call is made once more. */
final class SignedCalls {

  private final AwsClients clients;
  private final AwsIdentities identities;

  SignedCalls(AwsClients clients, AwsIdentities identities) {
    this.clients = clients;
    this.identities = identities;
  }

  /**
   * What a call gave.
   *
   * @param <T> the answer's type
   */
  sealed interface Answer<T> {}

  /**
   * An answer.
   *
   * @param <T> its type
   */
  record Given<T>(T value) implements Answer<T> {}

  /**
   * A failure.
   *
   * @param <T> what the answer's type would have been
   */
  record Refused<T>(SourceFailure failure) implements Answer<T> {}

  /** What one try gave. */
  private sealed interface Try<T> {}

  private record Done<T>(Answer<T> answer) implements Try<T> {}

  private record Stale<T>(SourceFailure failure, AwsCredentials credentials) implements Try<T> {}

  /**
   * Makes one call.
   *
   * @param scope whose credentials, and where
   * @param service who is asked
   * @param operation such as {@code GetSecretValue}
   * @param subject name or ARN of what is asked for; null for none or many
   * @param request makes the request with the given credentials
   */
  <T> Answer<T> make(
      Scope scope, AwsService service, String operation, @Nullable String subject, Function<AwsCredentialsProvider, T> request) {
    Call call;
    try {
      call = call(scope, service, operation, subject);
    } catch (IllegalArgumentException e) {
      String message = "The store's region \"" + scope.region() + "\" or its endpoint cannot be used." + AwsClients.KINDS_NEED_OWN_ENDPOINTS;
      return new Refused<>(new SourceFailure.InvalidRequest(message));
    }
    return switch (once(scope, call, request)) {
      case Done<T>(Answer<T> answer) -> answer;
      case Stale<T>(SourceFailure failure, AwsCredentials credentials) -> {
        identities.refused(scope.identity(), credentials);
        if (!renewed(scope, credentials)) {
          identities.lookAgain(scope.identity());
          yield new Refused<>(failure);
        }
        yield switch (once(scope, call, request)) {
          case Done<T>(Answer<T> answer) -> answer;
          case Stale<T>(SourceFailure again, AwsCredentials refused) -> {
            identities.lookAgain(scope.identity());
            yield new Refused<>(again);
          }
        };
      }
    };
  }

  /** How a call of a scope is described in failures. */
  Call call(Scope scope, AwsService service, String operation, @Nullable String subject) {
    boolean ofStore = service != AwsService.STS && service != AwsService.SQS;
    boolean foreign = scope.endpoint() != null && ofStore;
    String host = clients.host(service, scope.region(), scope.endpoint(), scope.kind());
    return new Call(service, operation, scope.region(), host, foreign, subject);
  }

  private boolean renewed(Scope scope, AwsCredentials refused) {
    return !(identities.obtain(scope.identity()) instanceof Session.Open open) || !open.credentials().equals(refused);
  }

  private <T> Try<T> once(Scope scope, Call call, Function<AwsCredentialsProvider, T> request) {
    return switch (identities.obtain(scope.identity())) {
      case Session.Unavailable(SourceFailure failure, Session.Age age) -> new Done<>(new Refused<>(failure));
      case Session.Open open -> send(call, open.credentials(), request);
    };
  }

  private <T> Try<T> send(Call call, AwsCredentials credentials, Function<AwsCredentialsProvider, T> request) {
    try {
      AwsCredentialsProvider with = StaticCredentialsProvider.create(credentials);
      // A queue is waited at for long: no read is to wait for that.
      T answer = call.service() == AwsService.SQS ? request.apply(with) : clients.call(() -> request.apply(with));
      return new Done<>(new Given<>(answer));
    } catch (SdkException e) {
      SourceFailure failure = AwsErrors.of(call, e);
      boolean stale = e instanceof AwsServiceException answer && ErrorCodes.STALE.contains(AwsErrors.code(answer));
      return stale ? new Stale<>(failure, credentials) : new Done<>(new Refused<>(failure));
    } catch (IllegalArgumentException e) {
      String message = call.action() + " cannot be called in region \"" + call.region() + "\" at " + call.host() + ".";
      return new Done<>(new Refused<>(new SourceFailure.InvalidRequest(message)));
    }
  }
}
