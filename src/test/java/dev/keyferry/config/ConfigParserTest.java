package dev.keyferry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigParserTest {

  @Test
  void given_nothing_when_parsed_then_defaults() {
    OperatorConfig config = config(Map.of());
    assertThat(config.httpPort()).isEqualTo(8080);
    assertThat(config.namespace()).isEqualTo("keyferry-system");
    assertThat(config.watchNamespaces()).isEmpty();
    assertThat(config.leaderElection()).isTrue();
    assertThat(config.leaseName()).isEqualTo("keyferry");
    assertThat(config.leaseDuration()).isEqualTo(Duration.ofSeconds(15));
    assertThat(config.renewDeadline()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.retryPeriod()).isEqualTo(Duration.ofSeconds(2));
    assertThat(config.refreshInterval()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.cacheTtl()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.cacheBytes()).isEqualTo(64L << 20);
    assertThat(config.rotationInterval()).isEqualTo(Duration.ofHours(6));
    assertThat(config.kubernetesRequests()).isEqualTo(32);
    assertThat(config.awsRequests()).isEqualTo(16);
    assertThat(config.awsRegion()).isNull();
    assertThat(config.prices())
        .containsExactly(new OperatorConfig.Price("SecretsManager", 0.05), new OperatorConfig.Price("SQS", 0.004));
    assertThat(config.logLevel()).isEqualTo("info");
  }

  @Test
  void given_prices_that_are_none_when_parsed_then_each_is_an_error() {
    ParsedConfig parsed = parse(Map.of(), "--aws-prices=SSM=0.05,SQS,STS=-1,KMS=1e9");
    assertThat(((ParsedConfig.Invalid) parsed).errors()).hasSize(3).allMatch(error -> error.startsWith("--aws-prices: "));
  }

  @Test
  void given_every_flag_when_parsed_then_every_value() {
    OperatorConfig config =
        config(
            Map.of("AWS_DEFAULT_REGION", "us-gov-west-1"),
            "--http-port=0",
            "--namespace",
            "ops",
            "--watch-namespaces",
            "a, b,,a",
            "--leader-election=false",
            "--lease-name=my.lease",
            "--lease-duration=1h30m",
            "--renew-deadline=1m",
            "--retry-period=500ms",
            "--refresh-interval=0",
            "--cache-ttl=0",
            "--cache-bytes=2Mi",
            "--rotation-interval=0",
            "--kubernetes-requests=1",
            "--aws-requests=10000",
            "--allowed-endpoints=*.example.com",
            "--log-level=debug");
    assertThat(config.httpPort()).isZero();
    assertThat(config.namespace()).isEqualTo("ops");
    assertThat(config.watchNamespaces()).containsExactly("a", "b");
    assertThat(config.leaderElection()).isFalse();
    assertThat(config.leaseName()).isEqualTo("my.lease");
    assertThat(config.leaseDuration()).isEqualTo(Duration.ofMinutes(90));
    assertThat(config.retryPeriod()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.refreshInterval()).isZero();
    assertThat(config.cacheTtl()).isZero();
    assertThat(config.cacheBytes()).isEqualTo(2L << 20);
    assertThat(config.rotationInterval()).isZero();
    assertThat(config.kubernetesRequests()).isEqualTo(1);
    assertThat(config.awsRequests()).isEqualTo(10_000);
    assertThat(config.awsRegion()).isEqualTo("us-gov-west-1");
    assertThat(config.logLevel()).isEqualTo("debug");
  }

  @Test
  void given_rules_for_identities_when_parsed_then_they_are_taken_over() {
    OperatorConfig config =
        config(
            Map.of(),
            "--operator-identity=pod-identity",
            "--namespaced-stores=Deny",
            "--allowed-roles=arn:aws:iam::*:role/keyferry/{namespace}/*,arn:aws-cn:iam::123456789012:role/one");

    assertThat(config.operatorIdentity()).isEqualTo("pod-identity");
    assertThat(config.namespacedStoresAllowed()).isFalse();
    assertThat(config.allowedRoles())
        .containsExactly("arn:aws:iam::*:role/keyferry/{namespace}/*", "arn:aws-cn:iam::123456789012:role/one");
  }

  @Test
  void given_rules_for_identities_that_are_none_when_parsed_then_each_is_named() {
    ParsedConfig parsed =
        parse(Map.of(), "--operator-identity=imds", "--namespaced-stores=deny", "--allowed-roles=reader,arn:aws:iam::*:role/{name}");

    assertThat(((ParsedConfig.Invalid) parsed).errors())
        .hasSize(4)
        .allMatch(error -> error.matches("--(operator-identity|namespaced-stores|allowed-roles): .*"));
  }

  @Test
  void given_nothing_when_parsed_then_restarts_are_held_to_the_defaults() {
    assertThat(config(Map.of()).restarts())
        .isEqualTo(
            new OperatorConfig.Restarts(
                "Enforce", Duration.ofSeconds(15), Duration.ofMinutes(2), 10, 3, 5, Duration.ofSeconds(1), Duration.ofMinutes(5), 6,
                Duration.ofMinutes(10), true, false, "keyferry.dev/restart", "Auto"));
  }

  @Test
  void given_restart_settings_when_parsed_then_every_value() {
    OperatorConfig config =
        config(
            Map.of("KEYFERRY_RESTART_MODE", "Report", "KEYFERRY_RESTART_CANARY", "false"),
            "--restart-debounce=0", "--restart-debounce-max=30s", "--restart-in-flight=100", "--restart-in-flight-namespace=50",
            "--restart-in-flight-secret=20", "--restart-spacing=0", "--restart-cooldown=0", "--restart-budget=0", "--restart-timeout=1h",
            "--restart-default=On", "--restart-field-manager=flux-client-side-apply", "--reloader-ignore=Never");

    assertThat(config.restarts())
        .isEqualTo(
            new OperatorConfig.Restarts(
                "Report", Duration.ZERO, Duration.ofSeconds(30), 100, 50, 20, Duration.ZERO, Duration.ZERO, 0, Duration.ofHours(1), false, true,
                "flux-client-side-apply", "Never"));
  }

  @Test
  void given_flag_and_variable_when_parsed_then_the_flag_wins() {
    assertThat(config(Map.of("KEYFERRY_HTTP_PORT", "1"), "--http-port", "2").httpPort()).isEqualTo(2);
    assertThat(config(Map.of("KEYFERRY_HTTP_PORT", "1")).httpPort()).isEqualTo(1);
  }

  @Test
  void given_a_bare_boolean_flag_when_parsed_then_true() {
    assertThat(config(Map.of("KEYFERRY_LEADER_ELECTION", "false"), "--leader-election", "--http-port=1").leaderElection()).isTrue();
  }

  @Test
  void given_many_mistakes_when_parsed_then_all_are_listed() {
    ParsedConfig parsed =
        parse(
            Map.of("KEYFERRY_CACHE_TTL", "often", "AWS_REGION", "Mars!"),
            "--http-port=65536",
            "--leader-election=maybe",
            "--http-prot=1",
            "stray",
            "--aws-requests=0",
            "--cache-bytes=1KB",
            "--watch-namespaces=ok,Bad_One",
            "--allowed-endpoints=https://x",
            "--log-level=loud",
            "--lease-name");
    assertThat(((ParsedConfig.Invalid) parsed).errors())
        .containsExactlyInAnyOrder(
            "--http-prot is unknown (did you mean --http-port?)",
            "\"stray\" is no flag; flags begin with --",
            "--lease-name needs a value",
            "--http-port: \"65536\" is not a whole number from 0 to 65535",
            "--leader-election: \"maybe\" is not true or false",
            "--aws-requests: \"0\" is not a whole number from 1 to 10000",
            "--cache-bytes: \"1KB\" is not a number of bytes such as 67108864, 512Ki, 64Mi or 1Gi",
            "--watch-namespaces: \"Bad_One\" is not the name of a namespace",
            "--allowed-endpoints: \"https://x\" is not a host name without scheme, port or path, in which one * may stand for labels",
            "--log-level: \"loud\" is not debug, info, warn or error",
            "KEYFERRY_CACHE_TTL: \"often\" is not a duration such as 15s, 5m or 1h30m, 0 or at least 1s",
            "AWS_REGION: \"Mars!\" is not a region such as eu-west-1");
  }

  @ParameterizedTest
  @CsvSource({"10s,10s,2s", "15s,2s,2s", "5s,10s,2s"})
  void given_lease_times_out_of_order_when_parsed_then_error(String lease, String renew, String retry) {
    ParsedConfig parsed = parse(Map.of(), "--lease-duration=" + lease, "--renew-deadline=" + renew, "--retry-period=" + retry);
    assertThat(((ParsedConfig.Invalid) parsed).errors()).singleElement().asString().contains("must be longer than");
  }

  @Test
  void given_a_flag_twice_when_parsed_then_error() {
    ParsedConfig parsed = parse(Map.of(), "--http-port=1", "--http-port=2");
    assertThat(((ParsedConfig.Invalid) parsed).errors()).containsExactly("--http-port is given twice");
  }

  @Test
  void given_an_unknown_variable_when_parsed_then_a_warning_without_its_value() {
    ParsedConfig parsed = parse(Map.of("KEYFERRY_HTTP_PROT", "canary"));
    assertThat(((ParsedConfig.Configured) parsed).warnings())
        .containsExactly("KEYFERRY_HTTP_PROT is no setting of Keyferry (did you mean KEYFERRY_HTTP_PORT?); it is ignored");
  }

  @Test
  void given_the_variables_of_services_when_parsed_then_silence() {
    Map<String, String> links =
        Map.of(
            "KEYFERRY_SERVICE_HOST", "10.0.0.1",
            "KEYFERRY_SERVICE_PORT", "80",
            "KEYFERRY_SERVICE_PORT_HTTP", "80",
            "KEYFERRY_PORT", "tcp://10.0.0.1:80",
            "KEYFERRY_PORT_80_TCP_ADDR", "10.0.0.1",
            "KEYFERRY_METRICS_SERVICE_HOST", "10.0.0.1",
            "KEYFERRY_METRICS_PORT_80_TCP", "tcp://10.0.0.1:80",
            "KEYFERRY_HTTP_PORT", "tcp://10.0.0.1:80");
    ParsedConfig.Configured parsed = (ParsedConfig.Configured) parse(links);
    assertThat(parsed.warnings()).isEmpty();
    assertThat(parsed.config().httpPort()).isEqualTo(8080);
  }

  @Test
  void given_an_empty_variable_when_parsed_then_the_default() {
    assertThat(config(Map.of("KEYFERRY_HTTP_PORT", "")).httpPort()).isEqualTo(8080);
  }

  @Test
  void given_a_pod_when_no_namespace_is_set_then_its_service_accounts() {
    ParsedConfig parsed =
        ConfigParser.parse(
            new String[0], Map.of(), path -> path.equals(ConfigParser.NAMESPACE_FILE) ? Optional.of("team\n") : Optional.empty());
    assertThat(((ParsedConfig.Configured) parsed).config().namespace()).isEqualTo("team");
  }

  @ParameterizedTest
  @CsvSource({
    "secretsmanager.eu-west-1.amazonaws.com,true",
    "SecretsManager.eu-west-1.amazonaws.com.cn,true",
    "secretsmanager.eu-west-1.api.aws,true",
    "vpce-1.secretsmanager.eu-west-1.vpce.amazonaws.com,true",
    "a.my.corp,true",
    "amazonaws.com,false",
    "evilamazonaws.com,false",
    "x.amazonaws.com.evil.org,false",
    "x.amazonaws.com:443,false",
    "my.corp,false"
  })
  void given_a_host_when_matched_then_only_aws_and_those_listed(String host, boolean allowed) {
    OperatorConfig config = config(Map.of("KEYFERRY_ALLOWED_ENDPOINTS", "*.my.corp"));
    assertThat(config.allowedEndpoints().stream().anyMatch(p -> p.matcher(host).matches())).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"*.*.com", "a:80", "-a.com", "a..b", "a*.com", "x/y"})
  void given_no_host_pattern_when_parsed_then_error(String pattern) {
    assertThat(parse(Map.of(), "--allowed-endpoints", pattern)).isInstanceOf(ParsedConfig.Invalid.class);
  }

  @Test
  void given_help_when_parsed_then_every_setting_in_order() {
    String text = ((ParsedConfig.Help) parse(Map.of(), "--nonsense", "--help")).text();
    List<String> names = Arrays.stream(Setting.values()).map(s -> s.flag() + " (" + s.environmentName() + ")").toList();
    assertThat(text).containsSubsequence(names).contains("AWS_CA_BUNDLE", "KUBECONFIG", "[5m]");
    assertThat(text.lines()).allMatch(line -> line.length() <= 140);
  }

  @Test
  void given_version_when_parsed_then_version() {
    assertThat(parse(Map.of(), "--version")).isInstanceOf(ParsedConfig.Version.class);
  }

  @Test
  void given_every_setting_when_its_default_is_passed_then_nothing_changes() {
    String[] args = Arrays.stream(Setting.values()).map(s -> s.flag() + "=" + s.defaultText()).toArray(String[]::new);
    assertThat(config(Map.of(), args)).usingRecursiveComparison().ignoringFields("allowedEndpoints").isEqualTo(config(Map.of()));
  }

  private static OperatorConfig config(Map<String, String> environment, String... args) {
    ParsedConfig parsed = parse(environment, args);
    assertThat(parsed).isInstanceOf(ParsedConfig.Configured.class);
    return ((ParsedConfig.Configured) parsed).config();
  }

  private static ParsedConfig parse(Map<String, String> environment, String... args) {
    return ConfigParser.parse(args, environment, path -> Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "https://sqs.eu-west-1.amazonaws.com/111122223333/q, eu-west-1",
    "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/q, cn-north-1",
    "https://sqs-fips.us-gov-west-1.amazonaws.com/111122223333/q, us-gov-west-1",
    "https://sqs.eu-west-1.api.aws/111122223333/q, eu-west-1",
    "https://vpce-0a1b-x.sqs.eu-west-1.vpce.amazonaws.com/111122223333/q, eu-west-1",
    "https://eu-west-1.queue.amazonaws.com/111122223333/q, eu-west-1",
    "http://127.0.0.1:4566/000000000000/q@eu-west-1, eu-west-1"
  })
  void given_the_url_of_a_queue_when_parsed_then_its_region_is_known(String given, String region) {
    OperatorConfig config = config(Map.of(), "--event-queues=" + given);
    assertThat(config.eventQueues()).containsExactly(new QueueAddress(given.replaceFirst("@.*", ""), region));
  }

  @Test
  void given_what_is_no_url_of_a_queue_when_parsed_then_each_is_an_error() {
    List<String> wrong =
        List.of(
            "queue", "https://queues.example.com/1/q", "https://sqs.eu-west-1.amazonaws.com", "ftp://sqs.eu-west-1.amazonaws.com/1/q",
            "https://host/q@Region", "https://user@sqs.eu-west-1.amazonaws.com/1/q", "https://host/q@", "https://a b/q@eu-west-1");
    ParsedConfig.Invalid invalid = (ParsedConfig.Invalid) parse(Map.of(), "--event-queues=" + String.join(",", wrong));
    assertThat(invalid.errors()).hasSize(wrong.size()).allMatch(error -> error.startsWith("--event-queues: "));
  }
}
