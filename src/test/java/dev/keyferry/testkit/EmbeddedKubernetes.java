package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/**
 * A Kubernetes API server in this process, over plain HTTP on a free port of the loopback address: storage, watches, server-side apply
 * with ownership of fields, status subresources, tokens of ServiceAccounts, and the collection of what a deleted owner leaves. It has no
 * controllers, no admission, no validation against schemas, and lets everybody do everything. The kinds of this project are served from
 * the start; a CustomResourceDefinition that is created or applied adds others.
 *
 * <p>Of a real server it keeps what the operator relies on: resourceVersions in one order, watches that begin exactly after the version
 * they name, no event and no new resourceVersion for a write that changes nothing, generations that move with {@code spec} only (of a
 * Deployment also with its annotations), and the error codes and reasons of failed preconditions.
 */
public final class EmbeddedKubernetes implements AutoCloseable {

  private final ObjectStore store = new ObjectStore();
  private final Queue<ApiCall> calls = new ConcurrentLinkedQueue<>();
  private final List<KubernetesClient> clients = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final KubernetesClient client;

  private EmbeddedKubernetes(Clock clock) {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ApiKinds kinds = new ApiKinds();
    ApiOperations operations = new ApiOperations(store, kinds, clock);
    for (String namespace : List.of("default", "kube-system", "keyferry-system")) {
      createNamespace(kinds, operations, namespace);
    }
    ServiceAccountTokens tokens = new ServiceAccountTokens(url(), clock);
    server.createContext("/", new HttpApi(store, kinds, operations, tokens, new TableAnswer(store, kinds, clock), calls::add));
    server.setExecutor(threads);
    server.start();
    client = newClient("embedded");
  }

  /** Starts one on the wall clock. */
  public static EmbeddedKubernetes start() {
    return new EmbeddedKubernetes(Clock.systemUTC());
  }

  /** Starts one whose timestamps and tokens come from that clock. */
  public static EmbeddedKubernetes start(Clock clock) {
    return new EmbeddedKubernetes(clock);
  }

  private static void createNamespace(ApiKinds kinds, ApiOperations operations, String name) {
    ApiKind kind = kinds.find("", "v1", "namespaces").orElseThrow();
    ObjectNode namespace = JsonNodeFactory.instance.objectNode();
    namespace.putObject("metadata").putObject("labels").put("kubernetes.io/metadata.name", name);
    operations.create(
        new ObjectStore.Key(kind, "", name), namespace, new ApiOperations.WriteOptions("kube-apiserver", false, false));
  }

  /** Such as {@code http://127.0.0.1:40123}. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A client of this server that is closed with it. */
  public KubernetesClient client() {
    return client;
  }

  /** Another client, closed with this server, whose user agent is that name. */
  public KubernetesClient newClient(String userAgent) {
    ConfigBuilder config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withNamespace("default")
            .withUserAgent(userAgent)
            .withHttp2Disable(true)
            .withWatchReconnectInterval(100);
    KubernetesClient made = new KubernetesClientBuilder().withConfig(config.build()).build();
    clients.add(made);
    return made;
  }

  /** Writes a kubeconfig for this server, with one context and no credentials. */
  public void writeKubeconfig(Path file) {
    String text =
        """
        apiVersion: v1
        kind: Config
        current-context: keyferry
        clusters:
        - name: keyferry
          cluster:
            server: %s
        contexts:
        - name: keyferry
          context:
            cluster: keyferry
            user: keyferry
            namespace: default
        users:
        - name: keyferry
          user:
            token: anybody
        """
            .formatted(url());
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every request answered so far, in order. A watch stands in it from its start. */
  public List<ApiCall> requests() {
    return List.copyOf(calls);
  }

  /** Those of them that a predicate admits. */
  public List<ApiCall> requests(Predicate<ApiCall> which) {
    return calls.stream().filter(which).toList();
  }

  /** How many of them were {@linkplain ApiCall#write() writes}, failed ones included. */
  public long writes() {
    return calls.stream().filter(ApiCall::write).count();
  }

  /** Ends watches and clients. */
  @Override
  public void close() {
    store.close();
    clients.forEach(KubernetesClient::close);
    server.stop(0);
    threads.shutdownNow();
  }
}
