package dev.keyferry.source.aws;

import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.Scope;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.client.builder.SdkSyncClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.core.client.config.SdkAdvancedClientOption;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.EndpointTag;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceEndpointKey;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.IdpCommunicationErrorException;

/**
 * The SDK's clients, one per service, region and endpoint, over one HTTP client but for queues. They hold no credentials: each request
 * brings its own.
 * Region, retries, profile file and defaults mode are all set, so that the SDK asks neither a configuration file nor the instance's
 * metadata service for anything.
 */
final class AwsClients implements AutoCloseable {

  private static final String NO_FILE = "/dev/null";
  /* Clients of one service; stores may name any number of endpoints. */
  private static final int CLIENTS = 128;

  private static final int ATTEMPTS = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);

  /** A queue is asked to answer within 20 s. */
  private static final Duration POLL_TIMEOUT = Duration.ofSeconds(30);

  private static final int POLLS = 64;

  /** Said where {@link EndpointKind}s and endpoints that somebody chose meet, which the SDK refuses as well. */
  static final String KINDS_NEED_OWN_ENDPOINTS =
      " Where useFips or useDualStack is set, neither the store nor AWS_ENDPOINT_URL may name an endpoint.";

  /** Which client of a service. */
  private record Key(String region, @Nullable String endpoint, EndpointKind kind, Throttles throttles) {}

  /** Who slows down when AWS throttles. */
  enum Throttles {
    /** The SDK waits and tries again, as suits calls that nobody else paces. */
    RETRIED,
    /** Whoever called, who is told at once. */
    TOLD
  }

  private final Function<String, @Nullable String> environment;
  private final AwsCallListener listener;
  private final Clock clock;
  private final String version;
  private final SdkHttpClient http;
  private final Semaphore permits;
  private final ScheduledExecutorService timeouts =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("aws-timeout-", 0).factory());
  private final Recent<Key, SecretsManagerClient> secretsManagers = new Recent<>(CLIENTS);
  private final Recent<Key, SsmClient> parameterStores = new Recent<>(CLIENTS);
  private final Recent<Key, StsClient> tokenServices = new Recent<>(CLIENTS);
  private final ConcurrentMap<Key, PollingClient> queues = new ConcurrentHashMap<>();

  /**
   * Clients of one process.
   *
   * @param environment names to values; null for unset
   * @param listener told of every call
   * @param clock times calls
   * @param requests requests under way at once, at most
   * @param version the operator's, for the user agent
   */
  AwsClients(Function<String, @Nullable String> environment, AwsCallListener listener, Clock clock, int requests, String version) {
    closeOtherSources();
    this.environment = environment;
    this.listener = listener;
    this.clock = clock;
    this.version = version;
    this.http = Transport.create(environment, requests);
    this.permits = new Semaphore(requests, true);
  }

  SecretsManagerClient secretsManager(Scope scope) {
    return secretsManager(scope, Throttles.RETRIED);
  }

  SecretsManagerClient secretsManager(Scope scope, Throttles throttles) {
    return secretsManagers.get(
        key(scope, throttles), key -> configure(SecretsManagerClient.builder(), AwsService.SECRETS_MANAGER, key).build());
  }

  SsmClient parameterStore(Scope scope) {
    return parameterStore(scope, Throttles.RETRIED);
  }

  SsmClient parameterStore(Scope scope, Throttles throttles) {
    return parameterStores.get(key(scope, throttles), key -> configure(SsmClient.builder(), AwsService.PARAMETER_STORE, key).build());
  }

  /** STS knows no endpoint of a store's: it would be sent the web identity token. */
  StsClient sts(String region, EndpointKind kind) {
    Key at = new Key(region, null, kind, Throttles.RETRIED);
    return tokenServices.get(at, key -> configure(StsClient.builder(), AwsService.STS, key).build());
  }

  /** Queues are waited at for long, so they have connections of their own. */
  SqsClient queues(Scope scope) {
    return queues.computeIfAbsent(key(scope, Throttles.RETRIED), this::polling).client();
  }

  private PollingClient polling(Key key) {
    SdkHttpClient own = Transport.create(environment, POLLS, POLL_TIMEOUT);
    return new PollingClient(configure(SqsClient.builder(), AwsService.SQS, key).httpClient(own).build(), own);
  }

  private record PollingClient(SqsClient client, SdkHttpClient http) {}

  /** The HTTP client of all services but SQS. */
  SdkHttpClient http() {
    return http;
  }

  /** Makes one call while holding a permit. Do not nest. */
  <T> T call(Supplier<T> request) {
    permits.acquireUninterruptibly();
    try {
      return request.get();
    } finally {
      permits.release();
    }
  }

  /**
   * Host name that a service is called at.
   *
   * @throws IllegalArgumentException where the region or the endpoint cannot be used
   */
  String host(AwsService service, String region, @Nullable String endpoint, EndpointKind kind) {
    URI uri = endpoint(service, endpoint, kind);
    if (uri == null) {
      EndpointKind wanted = wanted(kind);
      List<EndpointTag> tags = new ArrayList<>();
      if (wanted.fips()) {
        tags.add(EndpointTag.FIPS);
      }
      if (wanted.dualStack()) {
        tags.add(EndpointTag.DUALSTACK);
      }
      ServiceEndpointKey where = ServiceEndpointKey.builder().region(Region.of(region)).tags(tags).build();
      uri = switch (service) {
        case SECRETS_MANAGER -> SecretsManagerClient.serviceMetadata().endpointFor(where);
        case PARAMETER_STORE -> SsmClient.serviceMetadata().endpointFor(where);
        case STS -> StsClient.serviceMetadata().endpointFor(where);
        case SQS -> SqsClient.serviceMetadata().endpointFor(where);
      };
    }
    return uri.getHost() == null ? uri.toString() : uri.getHost();
  }

  @Override
  public void close() {
    secretsManagers.close();
    parameterStores.close();
    tokenServices.close();
    queues.values().forEach(queue -> queue.client().close());
    queues.values().forEach(queue -> queue.http().close());
    http.close();
    timeouts.shutdownNow();
  }

  /**
   * The SDK parses the profile files whenever it builds a client, even one that is given a profile file of its own, and fails where they
   * are malformed. It leaves alone what is no regular file.
   */
  private static void closeOtherSources() {
    System.setProperty(ProfileFileSystemSetting.AWS_CONFIG_FILE.property(), NO_FILE);
    System.setProperty(ProfileFileSystemSetting.AWS_SHARED_CREDENTIALS_FILE.property(), NO_FILE);
    System.setProperty(SdkSystemSetting.AWS_EC2_METADATA_DISABLED.property(), "true");
  }

  private <B extends AwsClientBuilder<B, C> & SdkSyncClientBuilder<B, C>, C> B configure(
      B builder, AwsService service, Key key) {
    EndpointKind wanted = wanted(key.kind());
    URI endpoint = endpoint(service, key.endpoint(), key.kind());
    builder
        .region(Region.of(key.region()))
        .fipsEnabled(endpoint == null && wanted.fips())
        .dualstackEnabled(endpoint == null && wanted.dualStack())
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .defaultsMode(DefaultsMode.LEGACY)
        .httpClient(http)
        .overrideConfiguration(override(service, key.throttles()));
    return endpoint == null ? builder : builder.endpointOverride(endpoint);
  }

  private ClientOverrideConfiguration override(AwsService service, Throttles throttles) {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(
            switch (throttles) {
              case RETRIED ->
                  AwsRetryStrategy.standardRetryStrategy().toBuilder()
                      .maxAttempts(ATTEMPTS)
                      .retryOnException(IdpCommunicationErrorException.class)
                      .build();
              case TOLD -> Retries.ofFaults(ATTEMPTS);
            })
        .scheduledExecutorService(timeouts)
        .apiCallTimeout(service == AwsService.SQS ? POLL_TIMEOUT.multipliedBy(2) : CALL_TIMEOUT)
        .apiCallAttemptTimeout(service == AwsService.SQS ? POLL_TIMEOUT : ATTEMPT_TIMEOUT)
        .defaultProfileFile(ProfileFile.aggregator().build())
        .defaultProfileName("keyferry")
        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_SUFFIX, "keyferry/" + version)
        .addExecutionInterceptor(new CallReporter(service, listener, clock))
        .addExecutionInterceptor(new BodyLimit())
        .build();
  }

  private static Key key(Scope scope, Throttles throttles) {
    return new Key(scope.region(), scope.endpoint(), scope.kind(), throttles);
  }

  /** What the store asks for, and what {@code AWS_USE_FIPS_ENDPOINT} and {@code AWS_USE_DUALSTACK_ENDPOINT} ask of the whole process. */
  private EndpointKind wanted(EndpointKind ofStore) {
    return new EndpointKind(
        ofStore.fips() || isTrue("AWS_USE_FIPS_ENDPOINT"), ofStore.dualStack() || isTrue("AWS_USE_DUALSTACK_ENDPOINT"));
  }

  private boolean isTrue(String variable) {
    return "true".equalsIgnoreCase(environment.apply(variable));
  }

  private @Nullable URI endpoint(AwsService service, @Nullable String ofStore, EndpointKind kind) {
    URI chosen = chosenEndpoint(service, ofStore);
    if (chosen != null && !kind.plain()) {
      throw new IllegalArgumentException("an endpoint of a kind and a chosen one exclude each other");
    }
    return chosen;
  }

  private @Nullable URI chosenEndpoint(AwsService service, @Nullable String ofStore) {
    if (ofStore != null && service != AwsService.STS) {
      return URI.create(ofStore);
    }
    if (isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) {
      return null;
    }
    String own = environment.apply(service.endpointVariable());
    String chosen = own == null || own.isBlank() ? environment.apply("AWS_ENDPOINT_URL") : own;
    return chosen == null || chosen.isBlank() ? null : URI.create(chosen.strip());
  }
}
