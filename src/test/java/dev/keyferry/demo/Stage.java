package dev.keyferry.demo;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Grant;
import dev.keyferry.emulator.Keys;
import dev.keyferry.testkit.ApiCall;
import dev.keyferry.testkit.EmbeddedKubernetes;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** All that runs in the demo: the AWS emulator, the Kubernetes API and, in a process of its own, the operator. */
final class Stage implements AutoCloseable {

  /** The region that the examples name. */
  static final String REGION = "eu-central-1";

  /** The secret that the example reads. */
  static final String SHOP_SECRET = "prod/shop/db";

  /** A secret that nobody allowed the operator to read. */
  static final String PAYMENTS_SECRET = "prod/payments/api";

  private static final String OWN_AGENT = "keyferry-demo";

  final AwsEmulator aws;
  final EmbeddedKubernetes kubernetes;
  final KubernetesClient client;
  final OperatorProcess operator;
  final Path kubeconfig;
  final Path log;

  private Stage(AwsEmulator aws, EmbeddedKubernetes kubernetes, Path folder) throws IOException {
    this.aws = aws;
    this.kubernetes = kubernetes;
    this.client = kubernetes.newClient(OWN_AGENT);
    this.kubeconfig = folder.resolve("kubeconfig");
    this.log = folder.resolve("operator.log");
    kubernetes.writeKubeconfig(kubeconfig);
    Keys keys = operatorUser();
    this.operator =
        OperatorProcess.start(
            log,
            Map.of(
                "KEYFERRY_RESTART_DEBOUNCE", "0",
                "KEYFERRY_RESTART_COOLDOWN", "0",
                "KUBECONFIG", kubeconfig.toString(),
                "AWS_ENDPOINT_URL", aws.endpoint().toString(),
                "AWS_REGION", REGION,
                "AWS_ACCESS_KEY_ID", keys.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", keys.secretAccessKey()));
  }

  /** Applies {@code crds/}; the API serves the kinds from the start, but prints their columns only then. */
  List<String> definitions() throws IOException {
    return new Manifests(client, Path.of("")).definitions();
  }

  /** Starts everything; its files go into a new temporary folder. */
  static Stage open() throws IOException {
    AwsEmulator aws = AwsEmulator.builder().region(REGION).start();
    EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
    try {
      return new Stage(aws, kubernetes, Files.createTempDirectory("keyferry-demo"));
    } catch (IOException | RuntimeException e) {
      kubernetes.close();
      aws.close();
      throw e;
    }
  }

  /** A user that may read what is the shop's, as {@code deploy/examples/iam-policy.json} would say it. */
  private Keys operatorUser() {
    Keys keys = aws.addUser("keyferry");
    aws.allowOnly(
        "keyferry",
        Grant.of("secretsmanager:GetSecretValue", "prod/shop/*"),
        Grant.of("secretsmanager:BatchGetSecretValue"),
        Grant.of("sts:GetCallerIdentity"));
    return keys;
  }

  /** How often the operator has asked Secrets Manager for values. */
  int reads() {
    return aws.count("GetSecretValue") + aws.count("BatchGetSecretValue");
  }

  /** How many writes the operator made, leases left out. */
  long operatorWrites() {
    return kubernetes.requests(call -> call.write() && !call.userAgent().equals(OWN_AGENT) && !call.path().endsWith("/events")).size();
  }

  /** The requests of the operator that patched that path. */
  long operatorPatches(String pathEnd) {
    return kubernetes.requests(call -> isPatch(call) && call.path().endsWith(pathEnd) && !call.userAgent().equals(OWN_AGENT)).size();
  }

  private static boolean isPatch(ApiCall call) {
    return call.verb().equals("apply") || call.verb().equals("patch");
  }

  @Override
  public void close() {
    operator.close();
    client.close();
    kubernetes.close();
    aws.close();
  }
}
