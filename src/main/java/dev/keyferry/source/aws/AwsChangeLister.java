package dev.keyferry.source.aws;

import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.Scope;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsRequest;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SortByType;
import software.amazon.awssdk.services.secretsmanager.model.SortOrderType;

/** Lists secrets by {@code ListSecrets}, a call for each page. */
final class AwsChangeLister implements ChangeLister {

  private final SecretPages pages;
  private final SignedCalls calls;
  private final String fallbackRegion;

  AwsChangeLister(AwsClients clients, AwsIdentities identities, String fallbackRegion) {
    this.pages = new SecretPages(clients);
    this.calls = new SignedCalls(clients, identities);
    this.fallbackRegion = fallbackRegion;
  }

  @Override
  public ListedPage list(Scope asked, Order order, @Nullable String token) {
    Scope scope =
        asked.region().isBlank() ? new Scope(asked.identity(), fallbackRegion, asked.endpoint(), asked.kind()) : asked;
    var answer =
        calls.make(
            scope,
            AwsService.SECRETS_MANAGER,
            SecretPages.OPERATION,
            null,
            with -> pages.get(scope, token, with, request -> sort(request.includePlannedDeletion(true), order)));
    return switch (answer) {
      case SignedCalls.Refused<ListSecretsResponse>(var failure) -> new ListedPage.Failed(failure);
      case SignedCalls.Given<ListSecretsResponse>(ListSecretsResponse page) -> {
        String next = page.nextToken();
        yield new ListedPage.Page(
            page.secretList().stream().map(AwsChangeLister::listed).toList(), next == null || next.isEmpty() ? null : next);
      }
    };
  }

  private static void sort(ListSecretsRequest.Builder request, Order order) {
    switch (order) {
      case NEWEST_CHANGE -> request.sortBy(SortByType.LAST_CHANGED_DATE).sortOrder(SortOrderType.DESC);
      case NAME -> request.sortBy(SortByType.NAME).sortOrder(SortOrderType.ASC);
    }
  }

  private static ListedSecret listed(SecretListEntry entry) {
    Map<String, String> versions = new HashMap<>();
    entry.secretVersionsToStages().forEach((version, stages) -> stages.forEach(stage -> versions.put(stage, version)));
    return new ListedSecret(
        entry.arn(), entry.name(), changed(entry), versions, entry.deletedDate(), entry.nextRotationDate(), AwsRotations.listed(entry));
  }

  /* A secret that was never changed may carry the date of its creation alone. */
  private static Instant changed(SecretListEntry entry) {
    if (entry.lastChangedDate() != null) {
      return entry.lastChangedDate();
    }
    return entry.createdDate() == null ? Instant.EPOCH : entry.createdDate();
  }
}
