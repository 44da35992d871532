package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/**
 * Credentials that something on the node hands out: EKS's Pod Identity agent, or the instance's metadata service. The SDK's own providers
 * read the process's environment and fall back to one another, so they are not used. No answer's body is ever shown.
 */
final class LocalCredentials {

  private static final String ROLES = "/latest/meta-data/iam/security-credentials/";
  private static final int LONGEST_BODY = 64 * 1024;

  private final SdkHttpClient http;

  LocalCredentials(SdkHttpClient http) {
    this.http = http;
  }

  /** An HTTP answer. */
  private record Reply(int status, String body) {
    boolean ok() {
      return status == 200;
    }

    @Override
    public String toString() {
      return "Reply[" + status + "]";
    }
  }

  /** What the agent gives for the token in the file, which the kubelet renews. */
  Session ofPodIdentity(Base.PodIdentity base) {
    String token;
    try {
      token = Files.readString(base.file()).strip();
    } catch (IOException e) {
      return unavailable("The operator's Pod Identity token file " + base.file() + " is not readable. Check the pod's projected volume.");
    }
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      return unavailable("The operator's Pod Identity token file " + base.file() + " holds no token. Check the pod's projected volume.");
    }
    try {
      Reply reply = ask(SdkHttpMethod.GET, base.endpoint(), Map.of("Authorization", token));
      return reply.ok()
          ? session(reply, "EKS's Pod Identity agent")
          : refused(
              reply,
              "EKS's Pod Identity agent gives no credentials",
              "Check the Pod Identity association of the operator's ServiceAccount, and that its role trusts pods.eks.amazonaws.com with"
                  + " sts:AssumeRole and sts:TagSession.");
    } catch (IOException e) {
      return new Session.Unavailable(
          new SourceFailure.Network(
              "EKS's Pod Identity agent at " + base.endpoint().getHost() + " does not answer. Check that the add-on eks-pod-identity-agent"
                  + " runs on the node."),
          Session.Age.FRESH);
    }
  }

  /** The node's role, by IMDSv2. */
  Session ofInstanceProfile(Base.InstanceProfile base) {
    String help = "Check that the node has an instance profile, and that its metadata service answers pods (hop limit 2).";
    try {
      Reply token = ask(SdkHttpMethod.PUT, at(base, "/latest/api/token"), Map.of("X-aws-ec2-metadata-token-ttl-seconds", "300"));
      if (!token.ok()) {
        return refused(token, "The instance's metadata service gives no token", help);
      }
      Map<String, String> with = Map.of("X-aws-ec2-metadata-token", token.body().strip());
      Reply role = ask(SdkHttpMethod.GET, at(base, ROLES), with);
      if (!role.ok()) {
        return refused(role, "The instance's metadata service names no role", help);
      }
      Reply reply = ask(SdkHttpMethod.GET, at(base, ROLES + role.body().strip().lines().findFirst().orElse("")), with);
      return reply.ok()
          ? session(reply, "The instance's metadata service")
          : refused(reply, "The instance's metadata service gives no credentials", help);
    } catch (IOException | IllegalArgumentException e) {
      String message = "The instance's metadata service at " + base.endpoint().getHost() + " does not answer. " + help;
      return new Session.Unavailable(new SourceFailure.Network(message), Session.Age.FRESH);
    }
  }

  private static URI at(Base.InstanceProfile base, String path) {
    return base.endpoint().resolve(path);
  }

  private Reply ask(SdkHttpMethod method, URI uri, Map<String, String> headers) throws IOException {
    SdkHttpRequest.Builder request = SdkHttpRequest.builder().method(method).uri(uri);
    headers.forEach(request::putHeader);
    HttpExecuteResponse response = http.prepareRequest(HttpExecuteRequest.builder().request(request.build()).build()).call();
    String body = "";
    if (response.responseBody().isPresent()) {
      try (InputStream stream = response.responseBody().get()) {
        body = new String(stream.readNBytes(LONGEST_BODY), StandardCharsets.UTF_8);
      }
    }
    return new Reply(response.httpResponse().statusCode(), body);
  }

  private static Session session(Reply reply, String who) {
    try {
      JsonNode json = JsonNode.parser().parse(reply.body());
      if (json == null || !json.isObject()) {
        return unavailable(who + " gives an answer that holds no credentials.");
      }
      String id = text(json, "AccessKeyId");
      String secret = text(json, "SecretAccessKey");
      String token = text(json, "Token");
      String expiration = text(json, "Expiration");
      if (id != null && secret != null && token != null && expiration != null) {
        return new Session.Open(AwsSessionCredentials.create(id, secret, token), Instant.parse(expiration));
      }
    } catch (DateTimeException | UncheckedIOException | IllegalArgumentException e) {
      return unavailable(who + " gives an answer that cannot be read.");
    }
    return unavailable(who + " gives an answer that holds no credentials.");
  }

  private static @Nullable String text(JsonNode json, String member) {
    return json.field(member).filter(JsonNode::isString).map(JsonNode::asString).filter(value -> !value.isBlank()).orElse(null);
  }

  private static Session refused(Reply reply, String what, String help) {
    String shown = what + " (HTTP status " + reply.status() + "). ";
    SourceFailure failure =
        reply.status() == 429
            ? new SourceFailure.Throttled(shown.strip())
            : reply.status() >= 500 ? new SourceFailure.ServerFault(shown + help) : new SourceFailure.Credentials(shown + help);
    return new Session.Unavailable(failure, Session.Age.FRESH);
  }

  private static Session unavailable(String message) {
    return new Session.Unavailable(new SourceFailure.Credentials(message), Session.Age.FRESH);
  }
}
