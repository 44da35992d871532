package dev.keyferry.emulator;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** STS's operations. */
final class StsService {

  private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]*");
  private static final Pattern ROLE_ARN = Pattern.compile("arn:aws[a-z-]*:iam::\\d{12}:role/[\\w+=,.@/-]+");
  private static final int MIN_SECONDS = 900;
  private static final int MAX_SECONDS = 43_200;

  private final Principals principals;
  private final Policies policies;
  private final Oidc oidc;
  private final String accountId;
  private final List<Assumption> assumptions = new CopyOnWriteArrayList<>();

  StsService(Principals principals, Policies policies, Oidc oidc, String accountId) {
    this.principals = principals;
    this.policies = policies;
    this.oidc = oidc;
    this.accountId = accountId;
  }

  /** Every session that was given out, in order. */
  List<Assumption> assumptions() {
    return List.copyOf(assumptions);
  }

  /** Whether the operation is called without a signature. */
  static boolean unsigned(String operation) {
    return operation.equals("AssumeRoleWithWebIdentity");
  }

  /** What is answered, as nested elements in order. */
  Map<String, Object> handle(String operation, Map<String, String> form, @Nullable Caller caller) {
    if (!"2011-06-15".equals(form.get("Version"))) {
      throw new AwsError(400, "InvalidAction", "Could not find operation " + operation + " for version " + form.get("Version"));
    }
    if (operation.equals("AssumeRoleWithWebIdentity")) {
      return webIdentity(form);
    }
    if (caller == null) {
      throw new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
    }
    return switch (operation) {
      case "GetCallerIdentity" -> identity(caller);
      case "AssumeRole" -> assume(form, caller);
      default -> throw new AwsError(400, "InvalidAction", "Could not find operation " + operation + " for version 2011-06-15");
    };
  }

  private Map<String, Object> identity(Caller caller) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("Arn", caller.arn());
    out.put("UserId", caller.userId());
    out.put("Account", accountId);
    return out;
  }

  private Map<String, Object> assume(Map<String, String> form, Caller caller) {
    String arn = validated(form);
    Optional<Principals.Role> role = principals.role(arn);
    check(caller, "sts:AssumeRole", arn, role.isPresent() && trusts(role.get().trust(), form, caller));
    if (form.keySet().stream().anyMatch(key -> key.startsWith("Tags.member."))) {
      check(caller, "sts:TagSession", arn, true);
    }
    Principals.Role assumed = role.orElseThrow();
    Duration lifetime = lifetime(form, assumed, caller.session());
    assumptions.add(Assumption.of(form, null));
    return credentials(principals.session(assumed, form.getOrDefault("RoleSessionName", ""), lifetime));
  }

  private static boolean trusts(Trust trust, Map<String, String> form, Caller caller) {
    boolean named = trust.principals().isEmpty() || trust.principals().stream().anyMatch(caller::isNamed);
    boolean external = trust.externalId() == null || trust.externalId().equals(form.get("ExternalId"));
    return trust.webIdentity() == null && named && external;
  }

  private void check(Caller caller, String action, String arn, boolean trusted) {
    Resource on = new Resource(arn, arn.substring(arn.lastIndexOf('/') + 1));
    String reason = policies.refusal(caller, action, on);
    if (!trusted || !reason.isEmpty()) {
      String why = reason.startsWith("with an explicit deny") ? " " + reason : "";
      throw new AwsError(403, "AccessDenied", Policies.denial(caller, action, on) + why);
    }
  }

  private Map<String, Object> webIdentity(Map<String, String> form) {
    String arn = validated(form);
    Oidc.Claims claims = oidc.verify(required(form, "WebIdentityToken", "webIdentityToken"));
    Optional<Principals.Role> role = principals.role(arn).filter(it -> trusts(it.trust(), claims));
    Principals.Role assumed =
        role.orElseThrow(() -> new AwsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    Principals.Issued issued = principals.session(assumed, form.getOrDefault("RoleSessionName", ""), lifetime(form, assumed, false));
    assumptions.add(Assumption.of(form, claims.subject()));
    Map<String, Object> out = credentials(issued);
    out.put("SubjectFromWebIdentityToken", claims.subject());
    out.put("Audience", claims.audiences().getFirst());
    out.put("Provider", "arn:aws:iam::" + accountId + ":oidc-provider/" + claims.issuer().replace("https://", ""));
    return out;
  }

  private static boolean trusts(Trust trust, Oidc.Claims claims) {
    Trust.WebIdentity wanted = trust.webIdentity();
    return wanted != null
        && (wanted.issuer() == null || wanted.issuer().equals(claims.issuer()))
        && claims.audiences().contains(wanted.audience())
        && Wildcard.matches(wanted.subject(), claims.subject());
  }

  private static String validated(Map<String, String> form) {
    String arn = required(form, "RoleArn", "roleArn");
    String session = required(form, "RoleSessionName", "roleSessionName");
    if (!ROLE_ARN.matcher(arn).matches()) {
      throw new AwsError(400, "ValidationError", arn + " is invalid");
    }
    if (session.length() < 2 || session.length() > 64) {
      String bound = session.length() < 2 ? "greater than or equal to 2" : "less than or equal to 64";
      throw invalid(session, "roleSessionName", "Member must have length " + bound);
    }
    if (!SESSION_NAME.matcher(session).matches()) {
      throw invalid(session, "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*");
    }
    return arn;
  }

  private static Duration lifetime(Map<String, String> form, Principals.Role role, boolean chained) {
    int seconds = Integer.parseInt(form.getOrDefault("DurationSeconds", "3600"));
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      String bound = seconds < MIN_SECONDS ? "greater than or equal to " + MIN_SECONDS : "less than or equal to " + MAX_SECONDS;
      throw invalid(String.valueOf(seconds), "durationSeconds", "Member must have value " + bound);
    }
    if (chained && seconds > 3600) {
      throw new AwsError(
          400, "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    }
    if (seconds > role.trust().maxSession().toSeconds()) {
      throw new AwsError(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }
    return Duration.ofSeconds(seconds);
  }

  private static String required(Map<String, String> form, String member, String shown) {
    String value = form.get(member);
    if (value == null) {
      throw new AwsError(
          400,
          "ValidationError",
          "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null".formatted(shown));
    }
    return value;
  }

  private static AwsError invalid(String value, String member, String constraint) {
    return new AwsError(
        400,
        "ValidationError",
        "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s".formatted(value, member, constraint));
  }

  private static Map<String, Object> credentials(Principals.Issued issued) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("AccessKeyId", issued.keys().accessKeyId());
    keys.put("SecretAccessKey", issued.keys().secretAccessKey());
    keys.put("SessionToken", String.valueOf(issued.keys().sessionToken()));
    keys.put("Expiration", String.valueOf(issued.keys().expiresAt()));
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("Credentials", keys);
    out.put("AssumedRoleUser", Map.of("Arn", issued.caller().arn(), "AssumedRoleId", issued.caller().userId()));
    return out;
  }
}
