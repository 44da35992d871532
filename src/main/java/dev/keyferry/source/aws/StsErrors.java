package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceFailure.AccessDenied;
import dev.keyferry.source.SourceFailure.Credentials;
import dev.keyferry.source.SourceFailure.InvalidRequest;
import dev.keyferry.source.SourceFailure.NotFound;
import dev.keyferry.source.SourceFailure.ServerFault;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Errors of STS. What keeps an identity from being taken on is a matter of credentials, whatever its code. */
final class StsErrors {

  private static final Pattern PROVIDER = Pattern.compile("No OpenIDConnect provider found in your account for (\\S+)");

  private StsErrors() {}

  /** The failure that STS's code and text are, about the role that is the call's subject. */
  static SourceFailure of(Call call, String code, String text, int status) {
    String role = call.subject() == null ? "the role" : call.subject();
    if (ErrorCodes.IDENTITY_TOKEN.contains(code)) {
      return new Credentials(identityToken(role, text));
    }
    if (code.startsWith("ExpiredToken") && call.operation().equals("AssumeRoleWithWebIdentity")) {
      return new Credentials("The web identity token for " + role + " has expired. Check the clocks of the node and of the cluster.");
    }
    if (code.equals("IDPCommunicationError")) {
      return new ServerFault(
          "AWS could not reach the cluster's OIDC issuer to check the token for " + role
              + " (IDPCommunicationError). Check that the issuer's URL answers from the internet.");
    }
    SourceFailure failure = AwsErrors.common(call, code, text, status);
    return switch (failure) {
      case AccessDenied denied -> new Credentials(denied(call, role, text));
      case NotFound notFound -> new Credentials(role + " could not be assumed (" + code + ").");
      case InvalidRequest invalid -> new Credentials(role + " could not be assumed (" + code + ")" + (text.isEmpty() ? "." : ": " + text));
      default -> failure;
    };
  }

  private static String denied(Call call, String role, String text) {
    if (call.operation().equals("AssumeRoleWithWebIdentity")) {
      return "AWS refuses the web identity for " + role + ". Check that the role exists, and that its trust policy allows"
          + " sts:AssumeRoleWithWebIdentity to the cluster's OIDC provider, with the :sub and :aud of the ServiceAccount.";
    }
    String trust = " The trust policy of " + role + " must name the caller too, with the store's external id and session tags.";
    return Denial.parse(text)
        .map(denial -> denial.sentence(call) + trust)
        .orElse("AWS denies " + call.action() + " on " + role + "." + trust);
  }

  private static String identityToken(String role, String text) {
    Matcher provider = PROVIDER.matcher(text);
    if (provider.find()) {
      return "The account of " + role + " has no OIDC provider for " + provider.group(1)
          + ". Create one in IAM for the cluster's issuer, or correct the role's account.";
    }
    if (text.contains("audience")) {
      return "The OIDC provider in the account of " + role + " does not take the token's audience. Add sts.amazonaws.com (or the"
          + " audience that the ServiceAccount is annotated with) to the provider's client ids.";
    }
    if (text.contains("verification key")) {
      return "AWS could not fetch the keys of the cluster's issuer to check the token for " + role
          + ". Check that the issuer's /openid/v1/jwks is reachable from AWS.";
    }
    return "AWS could not validate the web identity token for " + role
        + ". Check that the OIDC provider's issuer and thumbprint are those of this cluster.";
  }
}
