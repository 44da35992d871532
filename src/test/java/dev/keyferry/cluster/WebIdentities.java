package dev.keyferry.cluster;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * A {@link Rig} whose AWS account trusts the cluster's ServiceAccounts: STS judges audience, subject and expiry of a token, and its signature
 * by the keys that the API server publishes. The operator has a web identity too, and no static keys.
 */
final class WebIdentities implements AutoCloseable {

  /** The role of the operator itself. */
  static final String OPERATOR_ROLE = "keyferry-operator";

  private static final List<String> STATIC_KEYS = List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  final Cluster cluster;
  final Rig rig;
  final AwsEmulator aws;

  private WebIdentities(Cluster cluster) {
    this.cluster = cluster;
    this.rig = Rig.prepare(cluster, this::withWebIdentity);
    this.aws = rig.aws;
    trustCluster();
    aws.addRole(OPERATOR_ROLE, Trust.serviceAccount("keyferry-system", "keyferry"));
  }

  static WebIdentities start(Cluster cluster) {
    var made = new WebIdentities(cluster);
    made.rig.startOperator();
    return made;
  }

  /** Lets the account take the cluster's tokens, by its real keys. */
  void trustCluster() {
    aws.trustIssuer(cluster.issuer(), cluster.jwks(), ControlPlane.STS_AUDIENCE);
  }

  /** A namespace of its own, with nothing in it. */
  Tenant tenant(String prefix) {
    return new Tenant(cluster, cluster.newNamespace(prefix));
  }

  /** A namespace whose ServiceAccount {@code app} may assume a role of its own, and its store {@code aws}. */
  Tenant tenantWithRole(String prefix) {
    var tenant = tenant(prefix);
    tenant.serviceAccount("app", addRole(tenant, "app"));
    tenant.store("aws", "app");
    return tenant;
  }

  /** Adds a role, named as the namespace is, that trusts a ServiceAccount of it; returns its ARN. */
  String addRole(Tenant tenant, String serviceAccount) {
    return aws.addRole(tenant.namespace(), Trust.serviceAccount(tenant.namespace(), serviceAccount));
  }

  /** How often a role was assumed. */
  long assumed(String role) {
    return aws.assumptions().stream().filter(session -> session.roleArn().endsWith(":role/" + role)).count();
  }

  /** An operator without the keys in its environment that others have. */
  static OperatorProcess.Setup withoutKeys(OperatorProcess.Setup setup) {
    var environment = new LinkedHashMap<>(setup.environment());
    environment.keySet().removeAll(STATIC_KEYS);
    return new OperatorProcess.Setup(setup.kubeconfig(), environment, setup.jvmOptions(), setup.packaged());
  }

  private OperatorProcess.Setup withWebIdentity(OperatorProcess.Setup setup) {
    return withoutKeys(setup)
        .env("AWS_ROLE_ARN", "arn:aws:iam::" + aws.accountId() + ":role/" + OPERATOR_ROLE)
        .env("AWS_WEB_IDENTITY_TOKEN_FILE", tokenFile().toString());
  }

  private Path tokenFile() {
    var token = cluster.kubectl("create", "token", "keyferry", "-n", "keyferry-system", "--audience", ControlPlane.STS_AUDIENCE).orFail();
    try {
      return Files.writeString(Files.createTempFile(cluster.folder(), "token-", ""), token);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    rig.close();
  }
}
