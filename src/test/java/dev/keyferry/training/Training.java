package dev.keyferry.training;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trust;
import dev.keyferry.status.Conditions;
import dev.keyferry.testkit.EmbeddedKubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * {@code mvn -q -Ptrain}: runs the operator's command until it has synced some ExternalSecrets and followed a rotation, then ends it in an
 * orderly way, whereupon the Java VM writes its AOT cache. Always ends with 0: without the cache the operator only starts more slowly.
 */
public final class Training {

  private static final String NAMESPACE = "training";
  private static final int COUNT = 60;
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final String SECOND = Base64.getEncoder().encodeToString("second".getBytes(StandardCharsets.UTF_8));

  private Training() {}

  /** Takes the folder with {@code keyferry.jar}, into which the cache is written. */
  public static void main(String[] args) throws Exception {
    try (AwsEmulator aws = AwsEmulator.start();
        EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
        KubernetesClient client = kubernetes.client()) {
      prepare(aws, client);
      Process operator = start(command(Path.of(args[0])), aws, kubernetes);
      boolean learned = eventually(operator, () -> synced(client) == COUNT);
      aws.rotate(source(0), "{\"password\":\"second\"}");
      learned &= eventually(operator, () -> rotated(client));
      // Process.destroy would close the pipes, too.
      operator.toHandle().destroy();
      boolean ended = operator.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS);
      System.out.println(learned && ended ? "the operator was trained" : "the operator could not be trained; it starts without a cache");
    }
    System.exit(0);
  }

  private static void prepare(AwsEmulator aws, KubernetesClient client) {
    client.resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build()).create();
    String role = aws.addRole("reader", Trust.account());
    create(
        client,
        """
        apiVersion: %s
        kind: ClusterSecretStore
        metadata: {name: aws}
        spec: {provider: {aws: {service: SecretsManager, region: %s, role: '%s'}}}
        """
            .formatted(ApiGroup.API_VERSION, aws.region(), role));
    IntStream.range(0, COUNT)
        .forEach(
            number -> {
              aws.createSecret(source(number), "{\"password\":\"first\"}");
              create(client, externalSecret(number));
            });
    create(
        client,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: app, namespace: %s, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec:
          replicas: 1
          selector: {matchLabels: {app: app}}
          template:
            metadata: {labels: {app: app}}
            spec: {containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: es-0}}]}]}
        """
            .formatted(NAMESPACE));
  }

  private static String source(int number) {
    return "training/" + number;
  }

  private static String externalSecret(int number) {
    return """
        apiVersion: %s
        kind: ExternalSecret
        metadata: {name: es-%d, namespace: %s}
        spec:
          secretStoreRef: {name: aws, kind: ClusterSecretStore}
          refreshInterval: 2s
          dataFrom: [{extract: {key: %s}}]
        """
        .formatted(ApiGroup.API_VERSION, number, NAMESPACE, source(number));
  }

  private static void create(KubernetesClient client, String yaml) {
    client.resource(yaml).create();
  }

  private static List<String> command(Path folder) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:AOTCacheOutput=" + folder.resolve("keyferry.aot"),
        "-Xlog:aot=error",
        "-jar",
        folder.resolve("keyferry.jar").toString());
  }

  private static Process start(List<String> command, AwsEmulator aws, EmbeddedKubernetes kubernetes) throws IOException {
    Path kubeconfig = Files.createTempFile("training", ".kubeconfig");
    kubernetes.writeKubeconfig(kubeconfig);
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "KEYFERRY_HTTP_PORT", "0",
                "KEYFERRY_RESTART_DEBOUNCE", "0",
                "KEYFERRY_RESTART_COOLDOWN", "0",
                "KEYFERRY_LOG_LEVEL", "warn",
                "AWS_ENDPOINT_URL", aws.endpoint().toString(),
                "AWS_REGION", aws.region(),
                "AWS_ACCESS_KEY_ID", aws.accessKeyId(),
                "AWS_SECRET_ACCESS_KEY", aws.secretAccessKey()));
    return builder.start();
  }

  private static long synced(KubernetesClient client) {
    return client.resources(ExternalSecret.class).inNamespace(NAMESPACE).list().getItems().stream()
        .filter(object -> object.getStatus() != null)
        .filter(object -> Conditions.find(object.getStatus().conditions(), Conditions.READY).filter(c -> c.status().equals("True")).isPresent())
        .count();
  }

  private static boolean rotated(KubernetesClient client) {
    return SECOND.equals(client.secrets().inNamespace(NAMESPACE).withName("es-0").get().getData().get("password"));
  }

  private static boolean eventually(Process operator, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (operator.isAlive() && System.nanoTime() < end) {
      if (condition.getAsBoolean()) {
        return true;
      }
      Thread.sleep(200);
    }
    return false;
  }
}
