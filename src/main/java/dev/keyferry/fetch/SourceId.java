package dev.keyferry.fetch;

import dev.keyferry.source.SourceService;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source's name or ARN, taken apart. An ARN of a secret may lack its random suffix, and a name may end like one: which it is, only AWS
 * knows, so both readings count.
 *
 * @param arn what stands before the name in an ARN, with account and region; null for a name
 * @param account the account of an ARN; null for a name
 * @param name the name, for a secret's ARN with its suffix if it has one; for a parameter without the slash in front
 * @param stem the name without what looks like a random suffix; equals the name where nothing does
 */
record SourceId(@Nullable String arn, @Nullable String account, String name, String stem) {

  private static final Pattern SECRET = Pattern.compile("^(arn:[^:]+:secretsmanager:[^:]*:([^:]*):secret:)(.+)$");
  private static final Pattern PARAMETER = Pattern.compile("^(arn:[^:]+:ssm:[^:]*:([^:]*):parameter)/?(.+)$");
  private static final Pattern SUFFIX = Pattern.compile("^(.+)-[A-Za-z0-9]{6}$");

  static SourceId of(SourceService service, String text) {
    Matcher matcher = (service == SourceService.SECRETS_MANAGER ? SECRET : PARAMETER).matcher(text);
    if (!matcher.matches()) {
      String name = service == SourceService.PARAMETER_STORE && text.startsWith("/") ? text.substring(1) : text;
      return new SourceId(null, null, name, name);
    }
    String name = matcher.group(3);
    Matcher suffix = SUFFIX.matcher(name);
    String stem = service == SourceService.SECRETS_MANAGER && suffix.matches() ? suffix.group(1) : name;
    return new SourceId(matcher.group(1), matcher.group(2), name, stem);
  }

  /** The names that the source may have. */
  Set<String> names() {
    return name.equals(stem) ? Set.of(name) : Set.of(name, stem);
  }

  /** The names as lists show them: a parameter's may begin with a slash or not, which its ARN does not tell. */
  Set<String> listedNames(SourceService service) {
    return service == SourceService.PARAMETER_STORE ? Set.of(name, "/" + name) : names();
  }

  /** Whether both may be the same source, in one region. */
  boolean mayBe(SourceId other) {
    boolean sameName = name.equals(other.name) || name.equals(other.stem) || stem.equals(other.name);
    return sameName && (arn == null || other.arn == null || arn.equals(other.arn));
  }
}
