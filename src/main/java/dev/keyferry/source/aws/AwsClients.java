package dev.keyferry.source.aws;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
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
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.IdpCommunicationErrorException;

/**
 * The SDK's clients, one per service, region and endpoint, over one HTTP client. They hold no credentials: each request brings its own.
 * Region, retries, profile file and defaults mode are all set, so that the SDK asks neither a configuration file nor the instance's
 * metadata service for anything.
 */
final class AwsClients implements AutoCloseable {

  private static final String NO_FILE = "/dev/null";
  private static final int ATTEMPTS = 3;
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);

  /** Which client of a service. */
  private record Key(String region, @Nullable String endpoint) {}

  private final Function<String, @Nullable String> environment;
  private final AwsCallListener listener;
  private final Clock clock;
  private final String version;
  private final SdkHttpClient http;
  private final Semaphore permits;
  private final ScheduledExecutorService timeouts =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().daemon().name("aws-timeout-", 0).factory());
  private final ConcurrentMap<Key, SecretsManagerClient> secretsManagers = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, SsmClient> parameterStores = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, StsClient> tokenServices = new ConcurrentHashMap<>();

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

  SecretsManagerClient secretsManager(String region, @Nullable String endpoint) {
    return secretsManagers.computeIfAbsent(
        new Key(region, endpoint), key -> configure(SecretsManagerClient.builder(), AwsService.SECRETS_MANAGER, key).build());
  }

  SsmClient parameterStore(String region, @Nullable String endpoint) {
    return parameterStores.computeIfAbsent(
        new Key(region, endpoint), key -> configure(SsmClient.builder(), AwsService.PARAMETER_STORE, key).build());
  }

  /** STS knows no endpoint of a store's: it would be sent the web identity token. */
  StsClient sts(String region) {
    return tokenServices.computeIfAbsent(new Key(region, null), key -> configure(StsClient.builder(), AwsService.STS, key).build());
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

  /** Host name that a service is called at. */
  String host(AwsService service, String region, @Nullable String endpoint) {
    URI uri = endpoint(service, endpoint);
    if (uri == null) {
      Region where = Region.of(region);
      uri = switch (service) {
        case SECRETS_MANAGER -> SecretsManagerClient.serviceMetadata().endpointFor(where);
        case PARAMETER_STORE -> SsmClient.serviceMetadata().endpointFor(where);
        case STS -> StsClient.serviceMetadata().endpointFor(where);
      };
    }
    return uri.getHost() == null ? uri.toString() : uri.getHost();
  }

  @Override
  public void close() {
    secretsManagers.values().forEach(SecretsManagerClient::close);
    parameterStores.values().forEach(SsmClient::close);
    tokenServices.values().forEach(StsClient::close);
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
    builder
        .region(Region.of(key.region()))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .defaultsMode(DefaultsMode.LEGACY)
        .httpClient(http)
        .overrideConfiguration(override(service));
    URI endpoint = endpoint(service, key.endpoint());
    return endpoint == null ? builder : builder.endpointOverride(endpoint);
  }

  private ClientOverrideConfiguration override(AwsService service) {
    return ClientOverrideConfiguration.builder()
        .retryStrategy(
            AwsRetryStrategy.standardRetryStrategy().toBuilder()
                .maxAttempts(ATTEMPTS)
                .retryOnException(IdpCommunicationErrorException.class)
                .build())
        .scheduledExecutorService(timeouts)
        .apiCallTimeout(CALL_TIMEOUT)
        .apiCallAttemptTimeout(ATTEMPT_TIMEOUT)
        .defaultProfileFile(ProfileFile.aggregator().build())
        .defaultProfileName("keyferry")
        .putAdvancedOption(SdkAdvancedClientOption.USER_AGENT_SUFFIX, "keyferry/" + version)
        .addExecutionInterceptor(new CallReporter(service, listener, clock))
        .build();
  }

  private @Nullable URI endpoint(AwsService service, @Nullable String ofStore) {
    if (ofStore != null && service != AwsService.STS) {
      return URI.create(ofStore);
    }
    if ("true".equalsIgnoreCase(environment.apply("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"))) {
      return null;
    }
    String own = environment.apply(service.endpointVariable());
    String chosen = own == null || own.isBlank() ? environment.apply("AWS_ENDPOINT_URL") : own;
    return chosen == null || chosen.isBlank() ? null : URI.create(chosen.strip());
  }
}
