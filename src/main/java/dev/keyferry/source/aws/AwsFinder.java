package dev.keyferry.source.aws;

import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Listing;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretFinder;
import dev.keyferry.source.SourceFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterStringFilter;

/** Lists secrets by {@code ListSecrets}; parameters of a path by {@code GetParametersByPath}, any others by {@code DescribeParameters}. */
final class AwsFinder implements SecretFinder {

  private static final String CURRENT = "AWSCURRENT";
  private static final int PARAMETERS_ON_A_PAGE = 50;
  private static final int VALUES_ON_A_PAGE = 10;

  /** As many as 100,000 parameters of one path need; a list that does not end is none. */
  private static final int PAGES = 10_000;

  /** ListSecrets takes at most 10 filters; what does not fit is left to our own judgement. */
  private static final int FILTERS = 10;

  /** What a filter's value may hold (API reference); a leading {@code !} would negate it. */
  private static final Pattern FILTER_VALUE = Pattern.compile("[a-zA-Z0-9 :_@/+=.-]{1,512}");

  private final AwsClients clients;
  private final SecretPages secretPages;
  private final SignedCalls calls;
  private final String fallbackRegion;

  AwsFinder(AwsClients clients, AwsIdentities identities, String fallbackRegion) {
    this.clients = clients;
    this.secretPages = new SecretPages(clients);
    this.calls = new SignedCalls(clients, identities);
    this.fallbackRegion = fallbackRegion;
  }

  /**
   * One page.
   *
   * @param arns full ARNs by name
   * @param next token of the next page; null or empty on the last
   */
  private record Page(Map<String, String> arns, @Nullable String next) {}

  /** Asks for the page of that token; null for the first. */
  private interface Pages {
    Page get(@Nullable String token, AwsCredentialsProvider with);
  }

  @Override
  public Listing find(Scope asked, FindQuery query) {
    Scope scope =
        asked.region().isBlank() ? new Scope(asked.identity(), fallbackRegion, asked.endpoint(), asked.kind()) : asked;
    return switch (query.service()) {
      case SECRETS_MANAGER -> walk(scope, query, AwsService.SECRETS_MANAGER, SecretPages.OPERATION, (token, with) -> secrets(scope, query, token, with));
      case PARAMETER_STORE ->
          query.path() != null && query.tags().isEmpty()
              ? walk(
                  scope,
                  query,
                  AwsService.PARAMETER_STORE,
                  "GetParametersByPath",
                  (token, with) -> ofPath(scope, query.path(), token, with))
              : walk(
                  scope, query, AwsService.PARAMETER_STORE, "DescribeParameters", (token, with) -> described(scope, query, token, with));
    };
  }

  /** Each page is a call of its own, so that a long walk neither holds a permit throughout nor outlives its credentials. */
  private Listing walk(Scope scope, FindQuery query, AwsService service, String operation, Pages pages) {
    SortedMap<String, String> found = new TreeMap<>();
    String token = null;
    int left = PAGES;
    do {
      String next = token;
      switch (calls.make(scope, service, operation, operation.equals("GetParametersByPath") ? query.path() : null, with -> pages.get(next, with))) {
        case SignedCalls.Refused<Page>(var failure) -> {
          return new Listing.Failed(failure);
        }
        case SignedCalls.Given<Page>(Page page) -> {
          page.arns().forEach(
              (name, arn) -> {
                if (query.admits(name)) {
                  found.put(name, arn);
                }
              });
          token = page.next();
        }
      }
      if (--left == 0) {
        return new Listing.Failed(new SourceFailure.ServerFault(service.prefix() + ":" + operation + " has no end in " + scope.region() + "."));
      }
    } while (token != null && !token.isEmpty());
    return new Listing.Members(found);
  }

  private Page secrets(Scope scope, FindQuery query, @Nullable String token, AwsCredentialsProvider with) {
    var page = secretPages.get(scope, token, with, request -> request.filters(filters(query)));
    Map<String, String> arns = new TreeMap<>();
    for (SecretListEntry entry : page.secretList()) {
      if (entry.name() != null && entry.arn() != null && hasValue(entry) && hasTags(entry, query.tags())) {
        arns.put(entry.name(), entry.arn());
      }
    }
    return new Page(arns, page.nextToken());
  }

  private static boolean hasValue(SecretListEntry entry) {
    return entry.deletedDate() == null
        && entry.secretVersionsToStages().values().stream().anyMatch(stages -> stages != null && stages.contains(CURRENT));
  }

  private static boolean hasTags(SecretListEntry entry, Map<String, String> wanted) {
    return wanted.entrySet().stream()
        .allMatch(pair -> entry.tags().stream().anyMatch(tag -> pair.getKey().equals(tag.key()) && pair.getValue().equals(tag.value())));
  }

  /** What narrows the list at AWS's side: it compares beginnings, and a tag's key and value apart. */
  private static List<Filter> filters(FindQuery query) {
    List<Filter> filters = new ArrayList<>();
    String path = query.path() == null ? "" : query.path();
    add(filters, FilterNameStringType.NAME, path.length() > query.prefix().length() ? path : query.prefix());
    query.tags()
        .forEach(
            (key, value) -> {
              add(filters, FilterNameStringType.TAG_KEY, key);
              add(filters, FilterNameStringType.TAG_VALUE, value);
            });
    return filters.subList(0, Math.min(FILTERS, filters.size()));
  }

  private static void add(List<Filter> filters, FilterNameStringType key, String value) {
    if (FILTER_VALUE.matcher(value).matches()) {
      filters.add(Filter.builder().key(key).values(value).build());
    }
  }

  private Page ofPath(Scope scope, String path, @Nullable String token, AwsCredentialsProvider with) {
    var page =
        clients
            .parameterStore(scope)
            .getParametersByPath(
                r ->
                    r.path(path)
                        .recursive(true)
                        .withDecryption(false)
                        .maxResults(VALUES_ON_A_PAGE)
                        .nextToken(token)
                        .overrideConfiguration(o -> o.credentialsProvider(with)));
    Map<String, String> arns = new TreeMap<>();
    for (Parameter parameter : page.parameters()) {
      if (parameter.name() != null && parameter.arn() != null) {
        arns.put(parameter.name(), parameter.arn());
      }
    }
    return new Page(arns, page.nextToken());
  }

  private Page described(Scope scope, FindQuery query, @Nullable String token, AwsCredentialsProvider with) {
    var page =
        clients
            .parameterStore(scope)
            .describeParameters(
                r ->
                    r.parameterFilters(parameterFilters(query))
                        .maxResults(PARAMETERS_ON_A_PAGE)
                        .nextToken(token)
                        .overrideConfiguration(o -> o.credentialsProvider(with)));
    Map<String, String> arns = new TreeMap<>();
    for (ParameterMetadata parameter : page.parameters()) {
      if (parameter.name() != null) {
        arns.put(parameter.name(), parameter.arn() == null ? parameter.name() : parameter.arn());
      }
    }
    return new Page(arns, page.nextToken());
  }

  /** Filter {@code tag:KEY} compares the pair, whole. */
  private static List<ParameterStringFilter> parameterFilters(FindQuery query) {
    List<ParameterStringFilter> filters = new ArrayList<>();
    if (query.path() != null) {
      filters.add(ParameterStringFilter.builder().key("Path").option("Recursive").values(query.path()).build());
    }
    query.tags().forEach((key, value) -> filters.add(ParameterStringFilter.builder().key("tag:" + key).values(value).build()));
    return filters;
  }
}
