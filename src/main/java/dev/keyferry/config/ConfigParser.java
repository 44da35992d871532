package dev.keyferry.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads flags and environment into an {@link OperatorConfig}, or lists everything that is wrong with them. */
public final class ConfigParser {

  /** Where a pod finds the namespace of its ServiceAccount. */
  public static final Path NAMESPACE_FILE = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  /** The namespace that {@code deploy/} installs into. */
  public static final String DEFAULT_NAMESPACE = "keyferry-system";

  private static final String LABEL_TEXT = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";
  private static final Pattern PRICE = Pattern.compile("([A-Za-z]{2,32})=([0-9]{1,6}(?:\\.[0-9]{1,6})?)");
  private static final Pattern LABEL = Pattern.compile(LABEL_TEXT);
  private static final Pattern OPTIONAL_LABEL = Pattern.compile("(" + LABEL_TEXT + ")?");
  private static final Pattern SUBDOMAIN = Pattern.compile("(?=.{1,253}$)" + LABEL_TEXT + "(\\." + LABEL_TEXT + ")*");
  private static final Pattern REGION = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)+");
  private static final Pattern LEVEL = Pattern.compile("debug|info|warn|error");
  private static final Pattern OPERATOR_IDENTITY = Pattern.compile("auto|irsa|pod-identity|environment|instance-profile");
  private static final Pattern ALLOW_OR_DENY = Pattern.compile("Allow|Deny");
  private static final Pattern ROLE = Pattern.compile("\\*|arn:[a-z*-]+:iam::[0-9*]+:role/(?:[\\w+=.@/*-]|\\{namespace})+");
  private static final Pattern MODE = Pattern.compile("Enforce|Report|Off");
  private static final Pattern ON_OR_OFF = Pattern.compile("On|Off");
  private static final Pattern MANAGER = Pattern.compile("(?!keyferry\\.dev/(?!restart$))[!-~]{1,128}");
  private static final Pattern RELOADER_IGNORE = Pattern.compile("Auto|Always|Never");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration TENTH = Duration.ofMillis(100);

  private final List<String> errors;
  private final SettingReader reader;

  private ConfigParser(Arguments arguments, List<String> errors) {
    this.errors = errors;
    this.reader = new SettingReader(arguments, errors);
  }

  /**
   * Reads a configuration.
   *
   * @param args flags, {@code --http-port 9090} or {@code --http-port=9090}
   * @param environment the process's environment
   * @param files reads a whole file; empty where it cannot be read
   */
  public static ParsedConfig parse(String[] args, Map<String, String> environment, Function<Path, Optional<String>> files) {
    List<String> list = List.of(args);
    if (list.contains("--help") || list.contains("-h")) {
      return new ParsedConfig.Help(HelpText.text());
    }
    if (list.contains("--version")) {
      return new ParsedConfig.Version();
    }
    List<String> errors = new ArrayList<>();
    Arguments arguments = new Arguments(errors);
    List<String> warnings = arguments.readEnvironment(environment);
    arguments.readFlags(list);
    OperatorConfig config = new ConfigParser(arguments, errors).read(environment, files);
    return errors.isEmpty() ? new ParsedConfig.Configured(config, warnings) : new ParsedConfig.Invalid(errors);
  }

  private OperatorConfig read(Map<String, String> environment, Function<Path, Optional<String>> files) {
    int httpPort = reader.number(Setting.HTTP_PORT, 0, 65_535);
    String namespace = namespace(files);
    List<String> watched = reader.list(Setting.WATCH_NAMESPACES, "the name of a namespace", ConfigParser::label);
    boolean election = reader.flag(Setting.LEADER_ELECTION);
    String lease = reader.text(Setting.LEASE_NAME, "a name of lower case letters, digits, '-' and '.'", SUBDOMAIN);
    Duration leaseDuration = reader.duration(Setting.LEASE_DURATION, SECOND, false);
    Duration renewDeadline = reader.duration(Setting.RENEW_DEADLINE, TENTH, false);
    Duration retryPeriod = reader.duration(Setting.RETRY_PERIOD, TENTH, false);
    mustExceed(Setting.LEASE_DURATION, leaseDuration, Setting.RENEW_DEADLINE, renewDeadline);
    mustExceed(Setting.RENEW_DEADLINE, renewDeadline, Setting.RETRY_PERIOD, retryPeriod);
    return new OperatorConfig(
        httpPort,
        namespace,
        watched,
        election,
        lease,
        leaseDuration,
        renewDeadline,
        retryPeriod,
        reader.duration(Setting.REFRESH_INTERVAL, SECOND, true),
        reader.duration(Setting.CACHE_TTL, SECOND, true),
        reader.bytes(Setting.CACHE_BYTES),
        reader.duration(Setting.ROTATION_INTERVAL, SECOND, true),
        reader.number(Setting.KUBERNETES_REQUESTS, 1, 10_000),
        reader.number(Setting.AWS_REQUESTS, 1, 10_000),
        region(environment),
        endpoints(),
        reader.text(Setting.OPERATOR_IDENTITY, "auto, irsa, pod-identity, environment or instance-profile", OPERATOR_IDENTITY),
        reader.text(Setting.NAMESPACED_STORES, "Allow or Deny", ALLOW_OR_DENY).equals("Allow"),
        reader.list(Setting.ALLOWED_ROLES, "an ARN of a role, in which * and {namespace} may stand", ConfigParser::role),
        reader.list(Setting.AWS_PRICES, "a service and its price, such as SecretsManager=0.05", ConfigParser::price),
        reader.list(
            Setting.EVENT_QUEUES,
            "the URL of a queue, with @region after it where its host names none, such as"
                + " https://sqs.eu-west-1.amazonaws.com/111122223333/keyferry",
            QueueAddress::parse),
        restarts(),
        reader.text(Setting.LOG_LEVEL, "debug, info, warn or error", LEVEL));
  }

  private static Optional<OperatorConfig.Price> price(String text) {
    Matcher price = PRICE.matcher(text);
    return price.matches()
        ? Optional.of(new OperatorConfig.Price(price.group(1), Double.parseDouble(price.group(2))))
        : Optional.empty();
  }

  private OperatorConfig.Restarts restarts() {
    return new OperatorConfig.Restarts(
        reader.text(Setting.RESTART_MODE, "Enforce, Report or Off", MODE),
        reader.duration(Setting.RESTART_DEBOUNCE, TENTH, true),
        reader.duration(Setting.RESTART_DEBOUNCE_MAX, TENTH, true),
        reader.number(Setting.RESTART_IN_FLIGHT, 1, 100_000),
        reader.number(Setting.RESTART_IN_FLIGHT_NAMESPACE, 1, 100_000),
        reader.number(Setting.RESTART_IN_FLIGHT_SECRET, 1, 100_000),
        reader.duration(Setting.RESTART_SPACING, TENTH, true),
        reader.duration(Setting.RESTART_COOLDOWN, SECOND, true),
        reader.number(Setting.RESTART_BUDGET, 0, 60),
        reader.duration(Setting.RESTART_TIMEOUT, SECOND, false),
        reader.flag(Setting.RESTART_CANARY),
        reader.text(Setting.RESTART_DEFAULT, "On or Off", ON_OR_OFF).equals("On"),
        reader.text(Setting.RESTART_FIELD_MANAGER, "1 to 128 printable characters, and none of the operator's other field managers", MANAGER),
        reader.text(Setting.RELOADER_IGNORE, "Auto, Always or Never", RELOADER_IGNORE));
  }

  private String namespace(Function<Path, Optional<String>> files) {
    String given = reader.text(Setting.NAMESPACE, "the name of a namespace", OPTIONAL_LABEL);
    if (!given.isEmpty()) {
      return given;
    }
    return files.apply(NAMESPACE_FILE).map(String::strip).flatMap(ConfigParser::label).orElse(DEFAULT_NAMESPACE);
  }

  private List<Pattern> endpoints() {
    List<Pattern> given =
        reader.list(
            Setting.ALLOWED_ENDPOINTS,
            "a host name without scheme, port or path, in which one * may stand for labels",
            HostPatterns::compile);
    Stream<Pattern> own = HostPatterns.AWS.stream().map(HostPatterns::compile).map(Optional::orElseThrow);
    return Stream.concat(own, given.stream()).toList();
  }

  private @Nullable String region(Map<String, String> environment) {
    for (String name : List.of("AWS_REGION", "AWS_DEFAULT_REGION")) {
      String region = environment.getOrDefault(name, "").strip();
      if (REGION.matcher(region).matches()) {
        return region;
      }
      if (!region.isEmpty()) {
        errors.add(name + ": \"" + region + "\" is not a region such as eu-west-1");
        return null;
      }
    }
    return null;
  }

  private void mustExceed(Setting longer, Duration longTime, Setting shorter, Duration shortTime) {
    if (longTime.compareTo(shortTime) <= 0) {
      errors.add(reader.from(longer) + " must be longer than " + reader.from(shorter));
    }
  }

  private static Optional<String> role(String text) {
    return Optional.of(text).filter(t -> ROLE.matcher(t).matches());
  }

  private static Optional<String> label(String text) {
    return Optional.of(text).filter(t -> LABEL.matcher(t).matches());
  }
}
