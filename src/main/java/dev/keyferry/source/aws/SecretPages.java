package dev.keyferry.source.aws;

import dev.keyferry.source.Scope;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsRequest;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;

/** Pages of {@code ListSecrets}. */
final class SecretPages {

  /** The operation's name. */
  static final String OPERATION = "ListSecrets";

  private static final int SECRETS_ON_A_PAGE = 100;

  private final AwsClients clients;

  SecretPages(AwsClients clients) {
    this.clients = clients;
  }

  /**
   * Asks for one page.
   *
   * @param token what the page before gave; null for the first
   * @param query says which secrets, and in which order
   */
  ListSecretsResponse get(Scope scope, @Nullable String token, AwsCredentialsProvider with, Consumer<ListSecretsRequest.Builder> query) {
    return clients
        .secretsManager(scope)
        .listSecrets(
            r -> {
              query.accept(r);
              r.maxResults(SECRETS_ON_A_PAGE).nextToken(token).overrideConfiguration(o -> o.credentialsProvider(with));
            });
  }
}
