package dev.keyferry.source.aws;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceFailure.AccessDenied;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;

/** Reads of Secrets Manager. */
final class SecretsManagerReads {

  private static final String CURRENT = "AWSCURRENT";
  static final String BATCH = "BatchGetSecretValue";
  static final String SINGLE = "GetSecretValue";

  /** More than AWS needs for 20 secrets, empty pages included; what an endless answer leaves out is read singly. */
  private static final int PAGES = 50;

  private final AwsClients clients;
  private final SignedCalls calls;
  private final Explanations explanations;

  SecretsManagerReads(AwsClients clients, SignedCalls calls, Explanations explanations) {
    this.clients = clients;
    this.calls = calls;
    this.explanations = explanations;
  }

  /** What all pages of one batch hold. */
  private record Pages(List<SecretValueEntry> values, List<APIErrorType> errors) {}

  Fetched read(Scope scope, SourceRef ref) {
    GetSecretValueRequest.Builder request = GetSecretValueRequest.builder().secretId(ref.key());
    switch (ref.version()) {
      case VersionSelector.Current current -> request.versionStage(CURRENT);
      case VersionSelector.Stage(String label) -> request.versionStage(label);
      case VersionSelector.Id(String id) -> request.versionId(id);
    }
    var answer =
        calls.make(
            scope,
            AwsService.SECRETS_MANAGER,
            SINGLE,
            ref.key(),
            with ->
                clients
                    .secretsManager(scope, AwsClients.Throttles.TOLD)
                    .getSecretValue(request.overrideConfiguration(o -> o.credentialsProvider(with)).build()));
    return switch (answer) {
      case SignedCalls.Given<GetSecretValueResponse>(var got) ->
          SecretAnswer.of(got).to(ref).<Fetched>map(found -> found).orElseGet(() -> new Fetched.Failed(ref, senseless(scope, ref)));
      case SignedCalls.Refused<GetSecretValueResponse>(SourceFailure failure) -> failed(scope, ref, failure);
    };
  }

  BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    var answer =
        calls.make(
            scope,
            AwsService.SECRETS_MANAGER,
            BATCH,
            null,
            with -> {
              Pages pages = new Pages(new ArrayList<>(), new ArrayList<>());
              int left = PAGES;
              String token = null;
              do {
                String next = token;
                BatchGetSecretValueResponse page =
                    clients
                        .secretsManager(scope, AwsClients.Throttles.TOLD)
                        .batchGetSecretValue(
                            r ->
                                r.secretIdList(refs.stream().map(SourceRef::key).distinct().toList())
                                    .nextToken(next)
                                    .overrideConfiguration(o -> o.credentialsProvider(with)));
                pages.values().addAll(page.secretValues());
                pages.errors().addAll(page.errors());
                token = page.nextToken();
              } while (token != null && !token.isEmpty() && --left > 0);
              return pages;
            });
    return switch (answer) {
      case SignedCalls.Given<Pages>(Pages pages) -> sort(scope, refs, pages);
      case SignedCalls.Refused<Pages>(SourceFailure failure) -> failed(scope, refs, failure);
    };
  }

  /** The answer does not echo what was asked for, so each ref looks for its own. */
  private BatchRead sort(Scope scope, List<SourceRef> refs, Pages pages) {
    Map<SourceRef, Fetched> entries = new HashMap<>();
    for (SourceRef ref : refs) {
      entries.put(ref, among(scope, ref, pages).orElseGet(() -> read(scope, ref)));
    }
    return new BatchRead.Entries(entries);
  }

  private Optional<Fetched> among(Scope scope, SourceRef ref, Pages pages) {
    List<Fetched.Found> answers = pages.values().stream().flatMap(entry -> SecretAnswer.of(entry).to(ref).stream()).toList();
    if (!answers.isEmpty()) {
      Fetched.Found first = answers.getFirst();
      return answers.stream().allMatch(other -> isSame(first, other)) ? Optional.of(first) : Optional.empty();
    }
    for (APIErrorType error : pages.errors()) {
      if (error.secretId() != null && Arns.answersTo(ref.key(), error.secretId(), null)) {
        String code = error.errorCode() == null ? "" : error.errorCode();
        return Optional.of(failed(scope, ref, AwsErrors.of(single(scope, ref), code, error.message(), 0)));
      }
    }
    return Optional.empty();
  }

  private static boolean isSame(Fetched.Found one, Fetched.Found other) {
    return one.revision().equals(other.revision()) && Arrays.equals(one.payload().bytes(), other.payload().bytes());
  }

  private SourceFailure senseless(Scope scope, SourceRef ref) {
    return new SourceFailure.ServerFault(
        single(scope, ref).host() + " gave an answer for " + ref.key() + " that is not of that secret and version, or has no value.");
  }

  private Call single(Scope scope, SourceRef ref) {
    return calls.call(scope, AwsService.SECRETS_MANAGER, SINGLE, ref.key());
  }

  private Fetched.Failed failed(Scope scope, SourceRef ref, SourceFailure failure) {
    return new Fetched.Failed(ref, switch (failure) {
      case SourceFailure.MarkedForDeletion _, SourceFailure.AccessDenied _, SourceFailure.Decryption _ ->
          explanations.explain(scope, single(scope, ref), failure);
      default -> failure;
    });
  }

  /**
   * A batch that failed as a whole. One secret can cause that (it has no value, or a VPC endpoint's policy denies it): then halves are
   * tried, so that it does not hold up the others.
   */
  private BatchRead failed(Scope scope, List<SourceRef> refs, SourceFailure failure) {
    if (failure instanceof AccessDenied denied && ("secretsmanager:" + BATCH).equals(denied.action())) {
      return new BatchRead.Refused(
          new AccessDenied(
              denied.principal(),
              denied.action(),
              denied.resource(),
              denied.message() + " Allowing secretsmanager:BatchGetSecretValue on Resource \"*\" would make reads up to 20 times cheaper;"
                  + " until then each secret is read by itself."));
    }
    if (!failure.kind().mayBeOfOneSource()) {
      return new BatchRead.Failed(failure);
    }
    if (refs.size() == 1) {
      return new BatchRead.Entries(Map.of(refs.getFirst(), read(scope, refs.getFirst())));
    }
    return Halves.read(refs, half -> readBatch(scope, half));
  }
}
