package dev.keyferry.store;

import dev.keyferry.api.v1.StoreCondition;
import dev.keyferry.source.SourceService;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which sources a namespace may read through a store: those whose names begin with one of some prefixes and end there, or go on behind a
 * delimiter. A prefix ends with a delimiter of its own, or a {@code /} has to follow. What counts in the end is the name in the ARN that
 * AWS gives back with a value, so that no way of writing a key evades it. The leading slash of a parameter's name does not count.
 *
 * @param prefixes empty allows all
 */
public record AllowedKeys(List<String> prefixes) {

  /** Everything that the identity may read. */
  public static final AllowedKeys ALL = new AllowedKeys(List.of());

  private static final Pattern SECRET = Pattern.compile("^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?<rest>.+)$");
  private static final Pattern PARAMETER = Pattern.compile("^arn:[^:]+:ssm:[^:]*:[^:]*:parameter/(?<rest>.+)$");

  /** AWS ends the ARN of each secret so. */
  private static final Pattern SUFFIX = Pattern.compile("-[A-Za-z0-9]{6}$");

  /** The list never changes. */
  public AllowedKeys {
    prefixes = List.copyOf(prefixes);
  }

  /** What those conditions allow together, of which each admits the namespace: all, where one of them names no prefix. */
  static AllowedKeys of(List<StoreCondition> admitting) {
    if (admitting.stream().anyMatch(condition -> condition.allowedKeys().isEmpty())) {
      return ALL;
    }
    return new AllowedKeys(admitting.stream().flatMap(condition -> condition.allowedKeys().stream()).distinct().sorted().toList());
  }

  /** Whether everything is allowed. */
  public boolean all() {
    return prefixes.isEmpty();
  }

  /**
   * Whether a key may turn out to be allowed once AWS says which source it is; false spares the read.
   *
   * @param key name or ARN, whole or without its suffix
   */
  public boolean mayAdmit(SourceService service, String key) {
    if (all()) {
      return true;
    }
    Optional<String> rest = rest(service, key);
    if (rest.isPresent()) {
      return admitsName(service, rest.get()) || admitsName(service, SUFFIX.matcher(rest.get()).replaceFirst(""));
    }
    return !key.startsWith("arn:") && admitsName(service, service == SourceService.PARAMETER_STORE ? key.replaceFirst(":.*$", "") : key);
  }

  /**
   * Whether a source is allowed.
   *
   * @param arn the full ARN that AWS gave
   */
  public boolean admits(SourceService service, String arn) {
    if (all()) {
      return true;
    }
    return rest(service, arn).flatMap(rest -> name(service, rest)).filter(name -> admitsName(service, name)).isPresent();
  }

  /** Whether a source of that full name is allowed. */
  public boolean admitsName(SourceService service, String name) {
    return all() || prefixes.stream().anyMatch(prefix -> begins(bare(service, prefix), bare(service, name)));
  }

  private static Optional<String> name(SourceService service, String rest) {
    if (service == SourceService.PARAMETER_STORE) {
      return Optional.of(rest);
    }
    Matcher suffix = SUFFIX.matcher(rest);
    return suffix.find() ? Optional.of(rest.substring(0, suffix.start())) : Optional.empty();
  }

  private static Optional<String> rest(SourceService service, String arn) {
    Matcher matcher = (service == SourceService.PARAMETER_STORE ? PARAMETER : SECRET).matcher(arn);
    return matcher.matches() ? Optional.of(matcher.group("rest")) : Optional.empty();
  }

  private static String bare(SourceService service, String name) {
    return service == SourceService.PARAMETER_STORE && name.startsWith("/") ? name.substring(1) : name;
  }

  private static boolean begins(String prefix, String name) {
    if (!name.startsWith(prefix) || prefix.isEmpty() || name.length() == prefix.length()) {
      return name.startsWith(prefix);
    }
    boolean delimited = !Character.isLetterOrDigit(prefix.charAt(prefix.length() - 1));
    return delimited || name.charAt(prefix.length()) == '/';
  }
}
