package dev.keyferry.emulator;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** AWS's own clients for one endpoint; they do not retry, so that every call that a test makes is one request. */
public final class SdkClients implements AutoCloseable {

  private final URI endpoint;
  private final Region region;
  private final SdkHttpClient http = Apache5HttpClient.builder().connectionTimeout(Duration.ofSeconds(5)).build();

  /** Clients of an address; the region is what they sign for. */
  public SdkClients(URI endpoint, String region) {
    this.endpoint = endpoint;
    this.region = Region.of(region);
  }

  /** Clients of an emulator. */
  public static SdkClients of(AwsEmulator aws) {
    return new SdkClients(aws.endpoint(), aws.region());
  }

  /** Secrets Manager with these keys. */
  public SecretsManagerClient secrets(Keys keys) {
    return configure(SecretsManagerClient.builder().httpClient(http), keys).build();
  }

  /** Parameter Store with these keys. */
  public SsmClient parameters(Keys keys) {
    return configure(SsmClient.builder().httpClient(http), keys).build();
  }

  /** STS with these keys. */
  public StsClient sts(Keys keys) {
    return configure(StsClient.builder().httpClient(http), keys).build();
  }

  /** SQS with these keys. */
  public SqsClient queues(Keys keys) {
    return configure(SqsClient.builder().httpClient(http), keys).build();
  }

  private <B extends AwsClientBuilder<B, ?>> B configure(B builder, Keys keys) {
    return builder
        .endpointOverride(endpoint)
        .region(region)
        .credentialsProvider(StaticCredentialsProvider.create(credentials(keys)))
        .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)).apiCallTimeout(Duration.ofSeconds(30)));
  }

  private static AwsCredentials credentials(Keys keys) {
    @Nullable String token = keys.sessionToken();
    return token == null
        ? AwsBasicCredentials.create(keys.accessKeyId(), keys.secretAccessKey())
        : AwsSessionCredentials.create(keys.accessKeyId(), keys.secretAccessKey(), token);
  }

  /** Code and text of an error, without request id and attempts. */
  public static String error(Throwable thrown) {
    if (thrown instanceof AwsServiceException e) {
      return e.statusCode() + " " + e.awsErrorDetails().errorCode() + ": " + e.awsErrorDetails().errorMessage();
    }
    return thrown.getClass().getSimpleName();
  }

  @Override
  public void close() {
    http.close();
  }
}
