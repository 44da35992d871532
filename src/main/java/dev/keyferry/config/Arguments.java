package dev.keyferry.config;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The texts of settings, as flags and environment give them, with where each came from. */
final class Arguments {

  /** What Kubernetes gives a pod for each Service of its namespace, among them one named keyferry. */
  private static final Pattern SERVICE_LINK = Pattern.compile("KEYFERRY(_.*)?_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)");

  private static final Pattern SERVICE_LINK_VALUE = Pattern.compile("(?:tcp|udp|sctp)://.*");

  private final Map<Setting, Given> given = new EnumMap<>(Setting.class);
  private final List<String> errors;

  /**
   * A text that was given.
   *
   * @param text the text
   * @param from the flag or the variable
   */
  record Given(String text, String from) {}

  Arguments(List<String> errors) {
    this.errors = errors;
  }

  /** What was given for a setting. */
  Optional<Given> given(Setting setting) {
    return Optional.ofNullable(given.get(setting));
  }

  /** Takes the environment, and returns the warnings. An empty variable counts as unset. */
  List<String> readEnvironment(Map<String, String> environment) {
    Set<String> names = Stream.of(Setting.values()).map(Setting::environmentName).collect(Collectors.toSet());
    for (Setting setting : Setting.values()) {
      String text = environment.get(setting.environmentName());
      if (text != null && !text.isBlank() && !SERVICE_LINK_VALUE.matcher(text).matches()) {
        given.put(setting, new Given(text.strip(), setting.environmentName()));
      }
    }
    return new TreeSet<>(environment.keySet())
        .stream()
            .filter(name -> name.startsWith("KEYFERRY_") && !names.contains(name) && !SERVICE_LINK.matcher(name).matches())
            .map(name -> name + " is no setting of Keyferry" + meant(name, names) + "; it is ignored")
            .toList();
  }

  /** Takes the flags; they win over the environment. */
  void readFlags(List<String> arguments) {
    Map<String, Setting> flags = Stream.of(Setting.values()).collect(Collectors.toMap(Setting::flag, s -> s));
    Set<Setting> seen = new TreeSet<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        errors.add("\"" + argument + "\" is no flag; flags begin with --");
        continue;
      }
      int equals = argument.indexOf('=');
      String flag = equals < 0 ? argument : argument.substring(0, equals);
      boolean valueFollows = equals < 0 && i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--");
      String value = equals >= 0 ? argument.substring(equals + 1) : valueFollows ? arguments.get(i + 1) : null;
      if (valueFollows) {
        i++;
      }
      Setting setting = flags.get(flag);
      if (setting == null) {
        errors.add(flag + " is unknown" + meant(flag, flags.keySet()));
      } else if (!seen.add(setting)) {
        errors.add(flag + " is given twice");
      } else if (value != null) {
        given.put(setting, new Given(value, flag));
      } else if (setting == Setting.LEADER_ELECTION) {
        given.put(setting, new Given("true", flag));
      } else {
        errors.add(flag + " needs a value");
      }
    }
  }

  private static String meant(String written, Set<String> names) {
    return Nearest.of(written, new TreeSet<>(names)).map(name -> " (did you mean " + name + "?)").orElse("");
  }
}
