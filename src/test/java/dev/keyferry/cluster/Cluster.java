package dev.keyferry.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Kubernetes API for the tests: etcd and kube-apiserver with role-based access control, and on demand the controllers. Without
 * controllers nothing is garbage collected, no namespace ends and no workload rolls. {@link ClusterExtension} shares one among all tests of
 * a run, so tests keep to namespaces of their own.
 */
public final class Cluster implements AutoCloseable {

  /** The operator's name in the audit log. */
  public static final String OPERATOR = "system:serviceaccount:keyferry-system:keyferry";

  private static final String OPERATOR_NAMESPACE = "keyferry-system";
  private static final Path CHECKOUT = Path.of("").toAbsolutePath();
  private static final Path LOGS = CHECKOUT.resolve("target/cluster-logs");
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int START_SECONDS = 60;

  private final Servers servers;
  private final Path folder;
  private final ControlPlane controlPlane;
  private final Kubeconfigs kubeconfigs;
  private final Path adminKubeconfig;
  private final KubernetesClient admin;
  private @Nullable Controllers controllers;
  private int namespaces;

  private Cluster(Servers servers, Path folder) {
    this.servers = servers;
    this.folder = folder;
    controlPlane = ControlPlane.start(servers, folder);
    controlPlane.awaitListening();
    kubeconfigs = new Kubeconfigs(folder, controlPlane.url(), controlPlane.certificate());
    adminKubeconfig = kubeconfigs.write("admin", ControlPlane.ADMIN_TOKEN);
    admin = client(adminKubeconfig);
    await().atMost(START_SECONDS, SECONDS).pollInterval(POLL).ignoreExceptions().until(this::ready);
  }

  /**
   * Starts one; takes some seconds.
   *
   * @throws IllegalStateException if a server binary is missing or does not start; the message says what to do
   */
  public static Cluster start() {
    try {
      return new Cluster(Servers.locate(System.getenv()), Files.createTempDirectory(Files.createDirectories(LOGS), "cluster-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds kube-controller-manager, kube-scheduler and a node whose pods become ready at once. Idempotent. */
  public synchronized Cluster withControllers() {
    if (controllers == null) {
      controllers = Controllers.start(servers, folder, kubeconfigs.write("controllers", ControlPlane.CONTROLLERS_TOKEN), controlPlane);
      controllers.awaitNode(admin);
    }
    return this;
  }

  /** An administrator's client; it is closed with the cluster. */
  public KubernetesClient adminClient() {
    return admin;
  }

  /** An administrator's kubeconfig. */
  public Path adminKubeconfig() {
    return adminKubeconfig;
  }

  /** A new client for a kubeconfig of this cluster; the caller closes it. */
  public KubernetesClient client(Path kubeconfig) {
    return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig.toFile())).build();
  }

  /** A kubeconfig with a fresh token of a ServiceAccount, which must exist. */
  public Path kubeconfig(String namespace, String serviceAccount) {
    var token = kubectl("create", "token", serviceAccount, "--namespace", namespace, "--duration", "4h").orFail().strip();
    return kubeconfigs.write(namespace + "/" + serviceAccount, token);
  }

  /** Makes a namespace with a name of its own that begins with the given word. */
  public synchronized String newNamespace(String prefix) {
    namespaces++;
    var name = "%s-%d".formatted(prefix, namespaces);
    admin.resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build()).create();
    return name;
  }

  /** Applies {@code crds/} and waits until the server serves them. */
  public Cluster installCrds() {
    var files = new ArrayList<>(List.of("apply", "--server-side", "--force-conflicts"));
    crdFiles().forEach(file -> files.addAll(List.of("-f", file.toString())));
    kubectl(files.toArray(String[]::new)).orFail();
    kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "-l", "app.kubernetes.io/name=keyferry").orFail();
    return this;
  }

  /** Applies {@code deploy/} as a user would: CRDs, namespace, ServiceAccount, roles; no node runs the Deployment's pods. */
  public Cluster installOperator() {
    installCrds();
    kubectl("apply", "--server-side", "--force-conflicts", "-k", CHECKOUT.resolve("deploy").toString()).orFail();
    return this;
  }

  /** A kubeconfig with the rights that the operator has once it is installed, and no more. */
  public Path operatorKubeconfig() {
    return kubeconfig(OPERATOR_NAMESPACE, "keyferry");
  }

  /** The keys that ServiceAccount tokens are signed with, as the server publishes them. */
  public String jwks() {
    return kubectl("get", "--raw", "/openid/v1/jwks").orFail();
  }

  /** The issuer of ServiceAccount tokens. */
  public String issuer() {
    return ControlPlane.ISSUER;
  }

  /** The URL of the API server. */
  public String url() {
    return controlPlane.url();
  }

  /** PEM file with the authority that signed the server's certificate. */
  Path certificate() {
    return controlPlane.certificate();
  }

  /** Counts requests. */
  AuditLog audit() {
    return new AuditLog(controlPlane.auditLog());
  }

  /** Runs kubectl as an administrator. */
  Command.Outcome kubectl(String... arguments) {
    return tool("kubectl").run(List.of(arguments));
  }

  /** Runs {@code kubectl apply --server-side -f -} as an administrator. */
  Command.Outcome apply(String namespace, String yaml) {
    return kubectlWithInput(yaml, "apply", "--server-side", "--namespace", namespace, "-f", "-");
  }

  /** Server-side applies the status in a manifest; its spec is ignored by the server. */
  Command.Outcome applyStatus(String namespace, String yaml) {
    return kubectlWithInput(yaml, "apply", "--server-side", "--subresource=status", "--force-conflicts", "-n", namespace, "-f", "-");
  }

  /** Runs kubectl as an administrator with a text on its standard input. */
  Command.Outcome kubectlWithInput(String input, String... arguments) {
    return tool("kubectl").run(List.of(arguments), input);
  }

  /** Runs helm as an administrator. */
  Command.Outcome helm(String... arguments) {
    return tool("helm").run(List.of(arguments));
  }

  /** Where logs and files of this cluster stand, below {@code target/}. */
  Path folder() {
    return folder;
  }

  private Command tool(String name) {
    var helmHome = folder.resolve("helm").toString();
    return new Command(
        servers.binary(name),
        Map.of(
            "KUBECONFIG", adminKubeconfig.toString(),
            "KUBECACHEDIR", folder.resolve("kubectl").toString(),
            "HELM_CACHE_HOME", helmHome,
            "HELM_CONFIG_HOME", helmHome,
            "HELM_DATA_HOME", helmHome));
  }

  private static List<Path> crdFiles() {
    try (Stream<Path> files = Files.list(CHECKOUT.resolve("crds"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("keyferry.dev_")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean ready() {
    controlPlane.requireAlive();
    return "ok".equals(admin.raw("/readyz"));
  }

  @Override
  public void close() {
    admin.close();
    if (controllers != null) {
      controllers.close();
    }
    controlPlane.close();
  }
}
