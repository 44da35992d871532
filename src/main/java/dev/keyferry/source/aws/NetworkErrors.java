package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure.Network;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Failures before an answer. They name the host and never an exception's text, which may hold addresses and ports that change. */
final class NetworkErrors {

  private static final int DEPTH = 10;

  private NetworkErrors() {}

  static Network of(Call call, Throwable error) {
    return new Network(call.host() + " " + reason(error));
  }

  private static String reason(Throwable error) {
    Throwable cause = error;
    for (int i = 0; cause != null && i < DEPTH; i++) {
      String reason = ofOne(cause);
      if (reason != null) {
        return reason;
      }
      cause = cause.getCause();
    }
    return "could not be called. Check the endpoint, the region and the proxy settings.";
  }

  private static @Nullable String ofOne(Throwable cause) {
    return switch (cause) {
      case UnknownHostException e -> "does not resolve. Check the region, DNS and the VPC endpoint.";
      case SSLException e -> "did not complete a TLS handshake. Check AWS_CA_BUNDLE, or for a proxy that intercepts TLS.";
      case NoRouteToHostException e -> "cannot be routed to. Check the subnet's routes and network policies.";
      case SocketTimeoutException e -> "does not answer in time. Check security groups, network policies and the VPC endpoint.";
      case ConnectException e -> "refuses connections. Check the endpoint, the proxy and network policies.";
      case ApiCallTimeoutException e -> "does not answer in time. Check security groups, network policies and the VPC endpoint.";
      case ApiCallAttemptTimeoutException e -> "does not answer in time. Check security groups, network policies and the VPC endpoint.";
      default -> null;
    };
  }
}
