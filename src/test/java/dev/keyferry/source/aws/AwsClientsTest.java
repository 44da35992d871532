package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsClientsTest {

  private static AwsClients clients(Map<String, String> environment) {
    return new AwsClients(environment::get, (service, operation, code, attempts, duration) -> {}, Clock.systemUTC(), 2, "1");
  }

  @Test
  void given_an_endpoint_of_the_store_when_hosts_are_asked_then_sts_keeps_its_own() {
    try (AwsClients clients = clients(Map.of())) {
      assertThat(clients.host(AwsService.SECRETS_MANAGER, "eu-west-1", "https://vpce.example", EndpointKind.PLAIN)).isEqualTo("vpce.example");
      assertThat(clients.host(AwsService.STS, "eu-west-1", "https://vpce.example", EndpointKind.PLAIN)).isEqualTo("sts.eu-west-1.amazonaws.com");
      assertThat(clients.host(AwsService.STS, "cn-north-1", null, EndpointKind.PLAIN)).isEqualTo("sts.cn-north-1.amazonaws.com.cn");
    }
  }

  @Test
  void given_fips_and_dual_stack_when_hosts_are_asked_then_each_service_has_its_own() {
    try (AwsClients clients = clients(Map.of())) {
      EndpointKind fips = new EndpointKind(true, false);
      EndpointKind dual = new EndpointKind(false, true);
      assertThat(clients.host(AwsService.SECRETS_MANAGER, "us-east-1", null, fips)).isEqualTo("secretsmanager-fips.us-east-1.amazonaws.com");
      assertThat(clients.host(AwsService.STS, "us-east-1", null, fips)).isEqualTo("sts-fips.us-east-1.amazonaws.com");
      assertThat(clients.host(AwsService.PARAMETER_STORE, "us-gov-west-1", null, fips)).isEqualTo("ssm.us-gov-west-1.amazonaws.com");
      assertThat(clients.host(AwsService.SECRETS_MANAGER, "eu-west-1", null, dual)).isEqualTo("secretsmanager.eu-west-1.api.aws");
      assertThat(clients.host(AwsService.STS, "cn-north-1", null, dual)).isEqualTo("sts.cn-north-1.api.amazonwebservices.com.cn");
    }
  }

  @Test
  void given_the_environment_asks_for_fips_when_hosts_are_asked_then_stores_without_an_endpoint_follow() {
    try (AwsClients clients = clients(Map.of("AWS_USE_FIPS_ENDPOINT", "true"))) {
      assertThat(clients.host(AwsService.STS, "us-east-1", null, EndpointKind.PLAIN)).isEqualTo("sts-fips.us-east-1.amazonaws.com");
      assertThat(clients.host(AwsService.SECRETS_MANAGER, "us-east-1", "https://vpce.example", EndpointKind.PLAIN)).isEqualTo("vpce.example");
    }
  }

  @Test
  void given_fips_when_the_environment_names_an_endpoint_then_the_read_fails_and_says_why() {
    try (Rig rig = new Rig()) {
      Scope scope = new Scope(rig.identity(Rig.spec(Rig.KEYS)), Rig.REGION, null, new EndpointKind(true, false));

      Fetched read = rig.aws.source().read(scope, Rig.secret("db"));

      assertThat(((Fetched.Failed) read).failure().message()).contains("useFips", "AWS_ENDPOINT_URL");
      assertThat(rig.stub.count("GetSecretValue")).isZero();
    }
  }

  @Test
  void given_regions_when_their_partitions_are_asked_then_they_come_from_awss_own_patterns() {
    assertThat(Arns.partitionOfRegion("eu-central-1")).isEqualTo("aws");
    assertThat(Arns.partitionOfRegion("cn-northwest-1")).isEqualTo("aws-cn");
    assertThat(Arns.partitionOfRegion("us-gov-east-1")).isEqualTo("aws-us-gov");
    assertThat(Arns.partitionOfRegion("us-iso-east-1")).isEqualTo("aws-iso");
    assertThat(Arns.partitionOfRegion("eusc-de-east-1")).isEqualTo("aws-eusc");
    assertThat(Arns.partitionOfRegion("eu-central-77")).isEqualTo("aws");
    assertThat(Arns.dnsSuffix("cn-north-1")).isEqualTo("amazonaws.com.cn");
  }

  @Test
  void given_endpoints_of_the_environment_when_hosts_are_asked_then_the_services_own_wins() {
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_ENDPOINT_URL", "http://all:1");
    environment.put("AWS_ENDPOINT_URL_STS", "http://sts:2");
    try (AwsClients clients = clients(environment)) {
      assertThat(clients.host(AwsService.SECRETS_MANAGER, "eu-west-1", null, EndpointKind.PLAIN)).isEqualTo("all");
      assertThat(clients.host(AwsService.STS, "eu-west-1", null, EndpointKind.PLAIN)).isEqualTo("sts");
      assertThat(clients.host(AwsService.PARAMETER_STORE, "eu-west-1", "https://store", EndpointKind.PLAIN)).isEqualTo("store");

      environment.put("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
      assertThat(clients.host(AwsService.STS, "eu-west-1", null, EndpointKind.PLAIN)).isEqualTo("sts.eu-west-1.amazonaws.com");
    }
  }

  @Test
  void given_malformed_profile_files_when_read_then_they_are_not_looked_at(@TempDir Path folder) throws Exception {
    String malformed = Files.writeString(folder.resolve("config"), "[profile x\n= [[[\n").toString();
    System.setProperty("aws.configFile", malformed);
    System.setProperty("aws.sharedCredentialsFile", malformed);
    try (Rig rig = new Rig()) {
      rig.stub.on("GetSecretValue", asked -> StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", "x"));

      assertThat(rig.read(Rig.spec(Rig.KEYS), Rig.secret("db"))).isInstanceOf(Fetched.Found.class);
    }
  }
}
