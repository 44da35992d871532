package dev.keyferry.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What makes workloads roll: kube-controller-manager, kube-scheduler and kwok, which plays the kubelet.
 *
 * @param processes all three
 */
record Controllers(List<ServerProcess> processes) implements AutoCloseable {

  private static final int START_SECONDS = 60;

  /* Else the controllers, not the operator, say how many workloads roll at once. */
  private static final String QUICK = "--kube-api-qps=500";

  private static final String BURST = "--kube-api-burst=1000";
  private static final Map<String, Quantity> CAPACITY =
      Map.of("cpu", new Quantity("1000"), "memory", new Quantity("1000Gi"), "pods", new Quantity("1000"));

  static Controllers start(Servers servers, Path folder, Path kubeconfig, ControlPlane controlPlane) {
    var access = "--kubeconfig=" + kubeconfig;
    return new Controllers(
        List.of(
            process(
                servers,
                folder,
                "kube-controller-manager",
                access,
                "--service-account-private-key-file=" + controlPlane.keyFile(),
                "--leader-elect=false",
                "--secure-port=0",
                QUICK,
                BURST),
            process(servers, folder, "kube-scheduler", access, "--leader-elect=false", "--secure-port=0", QUICK, BURST),
            process(
                servers,
                folder,
                "kwok",
                access,
                "--manage-all-nodes=true",
                "--node-lease-duration-seconds=40",
                "--node-port=" + ControlPlane.freePort())));
  }

  private static ServerProcess process(Servers servers, Path folder, String name, String... arguments) {
    var command = new ArrayList<>(List.of(servers.binary(name).toString()));
    command.addAll(List.of(arguments));
    return ServerProcess.start(name, folder.resolve(name + ".log"), command);
  }

  /** Makes a node and waits until it is ready. */
  void awaitNode(KubernetesClient admin) {
    admin
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName("node")
                .addToAnnotations("kwok.x-k8s.io/node", "fake")
                .addToLabels("kubernetes.io/os", "linux")
                .addToLabels("kubernetes.io/arch", "amd64")
                .endMetadata()
                .withNewStatus()
                .withAllocatable(CAPACITY)
                .withCapacity(CAPACITY)
                .endStatus()
                .build())
        .create();
    await().atMost(START_SECONDS, SECONDS).until(() -> nodeReady(admin));
  }

  private boolean nodeReady(KubernetesClient admin) {
    processes.forEach(ServerProcess::requireAlive);
    return admin.nodes().withName("node").get().getStatus().getConditions().stream()
        .anyMatch(condition -> condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  @Override
  public void close() {
    processes.forEach(ServerProcess::close);
  }
}
