package dev.keyferry.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** etcd and kube-apiserver on free ports of 127.0.0.1. */
final class ControlPlane implements AutoCloseable {

  /** Who signs ServiceAccount tokens. */
  static final String ISSUER = "https://oidc.keyferry.test/cluster";

  /** The audience of tokens for STS. */
  static final String STS_AUDIENCE = "sts.amazonaws.com";

  /** The token of a cluster administrator. */
  static final String ADMIN_TOKEN = "administrator-of-the-test-cluster";

  /** The token of the controllers, an administrator too, so that the audit log tells them apart. */
  static final String CONTROLLERS_TOKEN = "controllers-of-the-test-cluster";

  private static final int START_SECONDS = 60;
  private static final Duration POLL = Duration.ofMillis(20);

  private static final String TOKENS =
      """
      %s,admin,admin,system:masters
      %s,controllers,controllers,system:masters
      """
          .formatted(ADMIN_TOKEN, CONTROLLERS_TOKEN);

  private static final String AUDIT_POLICY =
      """
      apiVersion: audit.k8s.io/v1
      kind: Policy
      omitStages: [RequestReceived]
      rules:
      - level: None
        users: [system:apiserver]
      - level: Metadata
      """;

  private final Path folder;
  private final int port = freePort();
  private final ServerProcess etcd;
  private final ServerProcess server;

  private ControlPlane(Servers servers, Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(folder.resolve("tokens.csv"), TOKENS);
    Files.writeString(folder.resolve("audit-policy.yaml"), AUDIT_POLICY);
    ServiceAccountKey.write(keyFile());
    var etcdPort = freePort();
    etcd = ServerProcess.start("etcd", folder.resolve("etcd.log"), etcdCommand(servers, etcdPort));
    await().atMost(START_SECONDS, SECONDS).pollInterval(POLL).until(() -> listens(etcd, etcdPort));
    server = ServerProcess.start("kube-apiserver", folder.resolve("kube-apiserver.log"), serverCommand(servers, etcdPort));
  }

  /** Starts both and returns at once; the server is not ready yet. */
  static ControlPlane start(Servers servers, Path folder) {
    try {
      return new ControlPlane(servers, folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the server takes connections and its certificate is written: another server may have got its port first. */
  void awaitListening() {
    await().atMost(START_SECONDS, SECONDS).pollInterval(POLL).until(() -> Files.exists(certificate()) && listens(server, port));
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  /** Holds the authority too; written before the server listens. */
  Path certificate() {
    return folder.resolve("certificates/apiserver.crt");
  }

  Path keyFile() {
    return folder.resolve("service-account.key");
  }

  Path auditLog() {
    return folder.resolve("audit.log");
  }

  void requireAlive() {
    etcd.requireAlive();
    server.requireAlive();
  }

  private List<String> etcdCommand(Servers servers, int clients) {
    var client = "http://127.0.0.1:" + clients;
    var peer = "http://127.0.0.1:" + freePort();
    return List.of(
        servers.binary("etcd").toString(),
        "--unsafe-no-fsync",
        "--data-dir=" + folder.resolve("etcd"),
        "--listen-client-urls=" + client,
        "--advertise-client-urls=" + client,
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--initial-cluster=default=" + peer);
  }

  private List<String> serverCommand(Servers servers, int etcdPort) {
    return List.of(
        servers.binary("kube-apiserver").toString(),
        "--etcd-servers=http://127.0.0.1:" + etcdPort,
        "--cert-dir=" + folder.resolve("certificates"),
        "--bind-address=127.0.0.1",
        "--secure-port=" + port,
        "--service-account-issuer=" + ISSUER,
        "--service-account-key-file=" + keyFile(),
        "--service-account-signing-key-file=" + keyFile(),
        "--api-audiences=" + ISSUER + "," + STS_AUDIENCE,
        "--authorization-mode=RBAC",
        "--token-auth-file=" + folder.resolve("tokens.csv"),
        "--service-cluster-ip-range=10.0.0.0/16",
        "--disable-admission-plugins=ServiceAccount",
        // Needs an etcd newer than Debian's: without it, each streaming list breaks, and kwok waits longer after each break.
        "--feature-gates=WatchList=false",
        "--audit-policy-file=" + folder.resolve("audit-policy.yaml"),
        "--audit-log-path=" + auditLog());
  }

  private static boolean listens(ServerProcess process, int port) {
    process.requireAlive();
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A port that was free a moment ago. */
  static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    etcd.close();
    deleteData();
  }

  /** What etcd stored is large and of no use any more; logs stay. */
  private void deleteData() {
    try (var files = Files.walk(folder.resolve("etcd"))) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
