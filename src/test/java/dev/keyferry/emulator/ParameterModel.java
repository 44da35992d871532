package dev.keyferry.emulator;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Parameter Store of one region holds. Thread-safe. */
final class ParameterModel {

  /** A name with its selector: empty, a version number or a label. */
  record Selector(String name, String suffix) {}

  /** One version of a parameter. */
  record Version(long number, String value, String type, Instant modified) {
    @Override
    public String toString() {
      return "Version[" + number + "]";
    }
  }

  /** A version that was asked for; the selector has its colon. */
  record Found(String name, String selector, Version version) {}

  private static final class Parameter {
    private final List<Version> versions = new ArrayList<>();
    private final Map<String, Long> labels = new HashMap<>();
    private final SortedMap<String, String> tags = new TreeMap<>();

    Optional<Version> number(long number) {
      return versions.stream().filter(version -> version.number() == number).findFirst();
    }
  }

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]+");
  private static final Pattern LABEL = Pattern.compile("(?!aws|ssm|[0-9])[A-Za-z0-9_.-]{1,100}");

  private final String arnPrefix;
  private final InstantSource clock;
  private final Changes changes;
  private final Map<String, Parameter> byName = new HashMap<>();

  /** Told of every change, in AWS's words. */
  interface Changes {
    void changed(String arn, String name, String operation);
  }

  ParameterModel(String arnPrefix, InstantSource clock, Changes changes) {
    this.changes = changes;
    this.arnPrefix = arnPrefix;
    this.clock = clock;
  }

  String arn(String name) {
    return arnPrefix + (name.startsWith("/") ? name : "/" + name);
  }

  static boolean validLabel(String label) {
    return LABEL.matcher(label).matches();
  }

  /** Takes a name, a name with selector, or an ARN of either apart. */
  Selector selector(String id) {
    boolean arn = id.startsWith(arnPrefix);
    String plain = arn ? id.substring(arnPrefix.length()) : id;
    int colon = plain.indexOf(':');
    String name = colon < 0 ? plain : plain.substring(0, colon);
    return new Selector(arn ? known(name) : name, colon < 0 ? "" : plain.substring(colon + 1));
  }

  private synchronized String known(String path) {
    return byName.containsKey(path) || path.indexOf('/', 1) > 0 ? path : path.substring(1);
  }

  synchronized long put(String name, String value, @Nullable String type, boolean overwrite) {
    if (!NAME.matcher(name).matches()) {
      throw AwsError.of(
          "ValidationException",
          "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths divided by"
              + " slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_");
    }
    if (name.indexOf('/') > 0) {
      throw AwsError.of("ValidationException", "Parameter name must be a fully qualified name.");
    }
    Parameter parameter = byName.get(name);
    if (parameter != null && !overwrite) {
      throw AwsError.of(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
    }
    if (parameter == null && type == null) {
      throw AwsError.of("ValidationException", "A parameter type is required when you create a parameter.");
    }
    long number = add(byName.computeIfAbsent(name, key -> new Parameter()), value, type);
    changes.changed(arn(name), name, parameter == null ? "Create" : "Update");
    return number;
  }

  private long add(Parameter parameter, String value, @Nullable String type) {
    long number = parameter.versions.size() + 1L;
    String kept = type == null ? parameter.versions.getLast().type() : type;
    parameter.versions.add(new Version(number, value, kept, clock.instant()));
    return number;
  }

  synchronized Found require(String id) {
    Selector selector = selector(id);
    if (!byName.containsKey(selector.name())) {
      throw AwsError.of("ParameterNotFound", "");
    }
    return find(id).orElseThrow(() -> noVersion(selector));
  }

  private static AwsError noVersion(Selector selector) {
    return AwsError.of(
        "ParameterVersionNotFound",
        "Systems Manager could not find version %s of %s. Verify the version and try again.".formatted(selector.suffix(), selector.name()));
  }

  synchronized Optional<Found> find(String id) {
    Selector selector = selector(id);
    Parameter parameter = byName.get(selector.name());
    if (parameter == null) {
      return Optional.empty();
    }
    String suffix = selector.suffix();
    String shown = suffix.isEmpty() ? "" : ":" + suffix;
    return version(parameter, suffix).map(version -> new Found(selector.name(), shown, version));
  }

  private static Optional<Version> version(Parameter parameter, String suffix) {
    if (suffix.isEmpty()) {
      return Optional.of(parameter.versions.getLast());
    }
    if (suffix.chars().allMatch(Character::isDigit)) {
      return parameter.number(Long.parseLong(suffix));
    }
    return Optional.ofNullable(parameter.labels.get(suffix)).flatMap(parameter::number);
  }

  /** Everything there is, by name, in its newest version. */
  synchronized List<Found> all() {
    return byName.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(entry -> new Found(entry.getKey(), "", entry.getValue().versions.getLast()))
        .toList();
  }

  /** The tags of a parameter that is there. */
  synchronized SortedMap<String, String> tags(String name) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(byName.get(name).tags));
  }

  /** Adds tags. */
  synchronized void tag(String name, Map<String, String> tags) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw AwsError.of("InvalidResourceId", "");
    }
    parameter.tags.putAll(tags);
  }

  /** Labels a version; the newest where the number is 0. */
  synchronized long label(String name, long number, List<String> labels) {
    Parameter parameter = byName.get(name);
    if (parameter == null) {
      throw AwsError.of("ParameterNotFound", "");
    }
    long wanted = number == 0 ? parameter.versions.size() : number;
    if (parameter.number(wanted).isEmpty()) {
      throw noVersion(new Selector(name, String.valueOf(wanted)));
    }
    labels.forEach(label -> parameter.labels.put(label, wanted));
    changes.changed(arn(name), name, "LabelParameterVersion");
    return wanted;
  }

  synchronized void delete(String name) {
    if (byName.remove(name) == null) {
      throw AwsError.of("ParameterNotFound", "");
    }
    changes.changed(arn(name), name, "Delete");
  }
}
