package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.SourceFailure.Credentials;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Looks for the operator's own credentials in its environment, by the one way that is configured. */
final class OperatorBases {

  private static final String ROLE = "AWS_ROLE_ARN";
  private static final String TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE";
  private static final String URI_OF_AGENT = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
  private static final String AGENT_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
  private static final String KEY_ID = "AWS_ACCESS_KEY_ID";
  private static final String SECRET_KEY = "AWS_SECRET_ACCESS_KEY";
  private static final String METADATA_SERVICE = "http://169.254.169.254";
  private static final String WAYS =
      "Annotate ServiceAccount keyferry-system/keyferry with eks.amazonaws.com/role-arn or give it a Pod Identity association,"
          + " and restart the operator; or give the store an auth.";

  /** The addresses of EKS's Pod Identity agent (EKS user guide, "How EKS Pod Identity works"); plain HTTP is trusted there. */
  private static final Set<String> AGENTS = Set.of("169.254.170.23", "fd00:ec2:0:0:0:0:0:23");

  private final Function<String, @Nullable String> environment;
  private final OperatorIdentity way;

  OperatorBases(Function<String, @Nullable String> environment, OperatorIdentity way) {
    this.environment = environment;
    this.way = way;
  }

  Base.Look look() {
    return switch (way) {
      case IRSA -> webIdentity();
      case POD_IDENTITY -> podIdentity();
      case ENVIRONMENT -> keys();
      case INSTANCE_PROFILE -> instanceProfile();
      case AUTO -> {
        if (isSet(ROLE) || isSet(TOKEN_FILE)) {
          yield webIdentity();
        }
        if (isSet(URI_OF_AGENT)) {
          yield podIdentity();
        }
        yield isSet(KEY_ID) && isSet(SECRET_KEY)
            ? keys()
            : missing(
                "The operator has no AWS credentials of its own: it looked for AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE, then for"
                    + " AWS_CONTAINER_CREDENTIALS_FULL_URI, then for AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, and nowhere else. ");
      }
    };
  }

  private Base.Look webIdentity() {
    String role = value(ROLE);
    String file = value(TOKEN_FILE);
    return role == null || file == null
        ? missing("The operator's environment has no " + (role == null ? ROLE : TOKEN_FILE) + ", so its web identity is not complete. ")
        : new Base.Ready(new Base.TokenFile(role, Path.of(file)));
  }

  private Base.Look podIdentity() {
    String endpoint = value(URI_OF_AGENT);
    String file = value(AGENT_TOKEN_FILE);
    if (endpoint == null || file == null) {
      return missing(
          "The operator's environment has no " + (endpoint == null ? URI_OF_AGENT : AGENT_TOKEN_FILE)
              + ", so it has no EKS Pod Identity. ");
    }
    URI uri = uri(endpoint);
    return uri == null || !trusted(uri)
        ? missing(
            URI_OF_AGENT + " names a host that is neither this machine's nor EKS's (169.254.170.23, [fd00:ec2::23]), and is not https: the"
                + " operator's token is not sent there. ")
        : new Base.Ready(new Base.PodIdentity(uri, Path.of(file)));
  }

  private Base.Look keys() {
    String id = value(KEY_ID);
    String secret = value(SECRET_KEY);
    return id == null || secret == null
        ? missing("The operator's environment has no " + (id == null ? KEY_ID : SECRET_KEY) + ". ")
        : new Base.Ready(new Base.Keys(new StaticKeys(id, secret, value("AWS_SESSION_TOKEN"))));
  }

  private Base.Look instanceProfile() {
    String given = value("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    URI uri = uri(given == null ? METADATA_SERVICE : given);
    return uri == null || uri.getHost() == null
        ? missing("AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL with a host. ")
        : new Base.Ready(new Base.InstanceProfile(uri));
  }

  /** Whether the token may be sent there; names are not resolved, since who answers for them may change. */
  private static boolean trusted(URI uri) {
    String host = uri.getHost();
    if (host == null) {
      return false;
    }
    if ("https".equalsIgnoreCase(uri.getScheme())) {
      return true;
    }
    return "http".equalsIgnoreCase(uri.getScheme()) && (host.equalsIgnoreCase("localhost") || trustedAddress(host));
  }

  private static boolean trustedAddress(String host) {
    try {
      InetAddress address = InetAddress.ofLiteral(host.replaceAll("^\\[|\\]$", ""));
      return address.isLoopbackAddress() || AGENTS.contains(address.getHostAddress().toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static @Nullable URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Base.Look missing(String what) {
    return new Base.Missing(new Credentials(what + WAYS));
  }

  private boolean isSet(String name) {
    return value(name) != null;
  }

  private @Nullable String value(String name) {
    String value = environment.apply(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
