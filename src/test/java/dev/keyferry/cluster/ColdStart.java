package dev.keyferry.cluster;

import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.config.Setting;
import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trust;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code mvn -q -Pcold}: starts the operator as it is shipped between a real API server and an AWS that takes 30 ms for each answer, with
 * ExternalSecrets over as many sources already there, and prints what it took until all were synced. Times are of this machine, and of
 * whatever else runs on it; counts, memory and CPU seconds are more the operator's own.
 */
public final class ColdStart {

  private static final String REGION = "eu-central-1";
  private static final Duration LATENCY = Duration.ofMillis(30);
  private static final Duration QUIET = Duration.ofSeconds(Long.getLong("quiet", 10));
  private static final int CREATIONS_AT_ONCE = 24;
  private static final int PER_NAMESPACE = 100;
  private static final double TICKS = 100;
  private static final String EXTERNAL_SECRETS = "/apis/keyferry.dev/v1/namespaces/%s/externalsecrets";

  private final Cluster cluster;
  private final AwsEmulator aws;
  private final int count;
  private final List<String> namespaces = new ArrayList<>();

  private ColdStart(Cluster cluster, AwsEmulator aws, int count) {
    this.cluster = cluster;
    this.aws = aws;
    this.count = count;
  }

  /** {@code -Dobjects=5000} says how many, {@code -Djvm=...} adds options of the operator's Java VM. */
  public static void main(String[] args) throws Exception {
    try (Cluster cluster = Cluster.start();
        AwsEmulator aws = AwsEmulator.builder().region(REGION).start()) {
      new ColdStart(cluster, aws, Integer.getInteger("objects", 5000)).run();
    }
    System.exit(0);
  }

  private void run() throws Exception {
    cluster.installOperator();
    createSources();
    createStore();
    createExternalSecrets();
    aws.latency(LATENCY);
    long mark = cluster.audit().mark();
    Map<String, Double> before = cpuSecondsOfServers();
    long began = System.nanoTime();
    try (OperatorProcess operator = setup().start()) {
      var secrets = new AuditFollower(cluster.audit(), mark, "\"verb\":\"patch\"", "\"resource\":\"secrets\"", "\"code\":201");
      var statuses =
          new AuditFollower(cluster.audit(), mark, "\"resource\":\"externalsecrets\"", "\"subresource\":\"status\"", "\"code\":200");
      double ready = secondsUntil(began, operator, () -> operator.status("/readyz") == 200);
      double leading = secondsUntil(began, operator, () -> operator.output().contains("\"leading\""));
      double written = secondsUntil(began, operator, () -> secrets.count() >= count);
      double synced = secondsUntil(began, operator, () -> statuses.count() >= count);
      double cpu = cpuSeconds(operator.pid());
      Map<String, Double> servers = cpuSecondsOfServersSince(before);
      Map<String, Double> byThread = cpuByThread(operator.pid());
      String memory = "%d MiB peak resident".formatted(operator.peakResidentMebibytes());
      Thread.sleep(QUIET);
      System.out.printf(
          Locale.ROOT,
          """
          %d ExternalSecrets over %d sources, AWS takes %d ms
            after process start    ready %.1f s, leading %.1f s, all Secrets there %.1f s, all statuses %.1f s (%.1f s after leading)
            memory                 %s; %d s later %s
            CPU                    operator %.1f s until synced: %s
                                   others %s
            AWS calls              %s
            Kubernetes requests    %s
            heap                   %s
          """,
          count, count, LATENCY.toMillis(), ready, leading, written, synced, synced - leading,
          memory, QUIET.toSeconds(), field(operator.pid(), "VmRSS") + ", peak " + field(operator.pid(), "VmHWM"),
          cpu, byThread, servers, awsCalls(), requests(mark), operator.metrics().lines().filter(l -> l.startsWith("jvm_memory_used_bytes{area=\"heap\"")).toList());
      operator.terminate();
    }
    compareWithBareClient();
  }

  /** The same Secrets and statuses for as many other objects, from a client that does nothing else. */
  private void compareWithBareClient() throws Exception {
    ExternalSecret first = cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespaces.getFirst()).withName(name(0)).get();
    Secret target = cluster.adminClient().secrets().inNamespace(namespaces.getFirst()).withName(name(0)).get();
    String data = Serialization.asJson(target.getData());
    String annotations = Serialization.asJson(target.getMetadata().getAnnotations());
    String status = Serialization.asJson(first.getStatus());
    namespaces.clear();
    createExternalSecrets();
    Map<String, Double> before = cpuSecondsOfServers();
    try (BareClient client = new BareClient(cluster.url(), cluster.certificate())) {
      Duration secrets =
          client.send(
              count,
              number ->
                  new BareClient.Apply(
                      "/api/v1/namespaces/" + namespace(number) + "/secrets/" + name(number),
                      "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"%s\",\"annotations\":%s},\"data\":%s}"
                          .formatted(name(number), annotations, data)));
      Duration statuses =
          client.send(
              count,
              number ->
                  new BareClient.Apply(
                      EXTERNAL_SECRETS.formatted(namespace(number)) + "/" + name(number) + "/status",
                      "{\"apiVersion\":\"keyferry.dev/v1\",\"kind\":\"ExternalSecret\",\"metadata\":{\"name\":\"%s\"},\"status\":%s}"
                          .formatted(name(number), status)));
      System.out.printf(
          Locale.ROOT,
          "  a bare client takes    %.1f s for as many Secrets and %.1f s for their statuses; CPU %s%n",
          secrets.toMillis() / 1e3, statuses.toMillis() / 1e3, cpuSecondsOfServersSince(before));
    }
  }

  private OperatorProcess.Setup setup() throws IOException {
    var options = new ArrayList<>(Shipped.jvmOptions());
    options.addAll(asInPod());
    options.addAll(Stream.of(System.getProperty("jvm", "").split(" ")).filter(option -> !option.isBlank()).toList());
    return new OperatorProcess.Setup(cluster.operatorKubeconfig(), Map.of(), options, true)
        .set(Setting.NAMESPACE, "keyferry-system")
        .env("MALLOC_ARENA_MAX", Shipped.mallocArenas())
        .env("AWS_ENDPOINT_URL", aws.endpoint().toString())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", aws.accessKeyId())
        .env("AWS_SECRET_ACCESS_KEY", aws.secretAccessKey());
  }

  /** A pod has a token and no kubeconfig; reading one would load what no operator in a cluster loads. */
  private List<String> asInPod() throws IOException {
    Path token = Files.createTempFile("keyferry", ".token");
    Files.writeString(token, Config.fromKubeconfig(cluster.operatorKubeconfig().toFile()).getAutoOAuthToken());
    token.toFile().deleteOnExit();
    return List.of(
        "-D" + Config.KUBERNETES_AUTH_TRYKUBECONFIG_SYSTEM_PROPERTY + "=false",
        "-D" + Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY + "=" + token,
        "-D" + Config.KUBERNETES_CA_CERTIFICATE_FILE_SYSTEM_PROPERTY + "=" + cluster.certificate(),
        "-D" + Config.KUBERNETES_MASTER_SYSTEM_PROPERTY + "=" + cluster.url());
  }

  private void createSources() {
    IntStream.range(0, count).forEach(number -> aws.createSecret(source(number), "{\"username\":\"u%d\",\"password\":\"p%d\"}".formatted(number, number)));
  }

  private static String source(int number) {
    return "cold/%05d".formatted(number);
  }

  private void createStore() {
    String role = aws.addRole("reader", Trust.account());
    cluster.apply(
            "default",
            """
            apiVersion: keyferry.dev/v1
            kind: ClusterSecretStore
            metadata: {name: aws}
            spec: {provider: {aws: {service: SecretsManager, region: %s, role: '%s'}}}
            """
                .formatted(REGION, role))
        .orFail();
  }

  private void createExternalSecrets() throws ExecutionException, InterruptedException {
    IntStream.range(0, (count + PER_NAMESPACE - 1) / PER_NAMESPACE).forEach(_ -> namespaces.add(cluster.newNamespace("cold")));
    Semaphore permits = new Semaphore(CREATIONS_AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<? extends Future<?>> creations = IntStream.range(0, count).mapToObj(number -> threads.submit(() -> create(number, permits))).toList();
      for (Future<?> creation : creations) {
        creation.get();
      }
    }
  }

  private void create(int number, Semaphore permits) {
    permits.acquireUninterruptibly();
    try {
      cluster
          .adminClient()
          .raw(
              EXTERNAL_SECRETS.formatted(namespace(number)),
              "POST",
              """
              {"apiVersion":"keyferry.dev/v1","kind":"ExternalSecret","metadata":{"name":"%s"},
               "spec":{"refreshInterval":"1h","secretStoreRef":{"name":"aws","kind":"ClusterSecretStore"},
                       "dataFrom":[{"extract":{"key":"%s"}}]}}
              """
                  .formatted(name(number), source(number)));
    } finally {
      permits.release();
    }
  }

  private String namespace(int number) {
    return namespaces.get(number / PER_NAMESPACE);
  }

  private static String name(int number) {
    return "es-%05d".formatted(number);
  }

  private Map<String, Long> awsCalls() {
    return aws.calls().stream().collect(Collectors.groupingBy(AwsCall::operation, TreeMap::new, Collectors.counting()));
  }

  private Map<String, Integer> requests(long mark) {
    return cluster.audit().since(mark).byOperator().withoutLeases().summary();
  }

  /** Of the API server, of etcd, and of the process that plays AWS and counts. */
  private static Map<String, Double> cpuSecondsOfServers() {
    Map<String, Double> seconds = new TreeMap<>();
    seconds.put("AWS", cpuSeconds(ProcessHandle.current().pid()));
    ProcessHandle.allProcesses()
        .forEach(process -> process.info().command().map(command -> Path.of(command).getFileName().toString())
            .filter(Set.of("kube-apiserver", "etcd")::contains)
            .ifPresent(name -> seconds.put(name, cpuSeconds(process.pid()))));
    return seconds;
  }

  private static Map<String, Double> cpuSecondsOfServersSince(Map<String, Double> before) {
    Map<String, Double> seconds = cpuSecondsOfServers();
    seconds.replaceAll((name, now) -> Math.round((now - before.get(name)) * 10) / 10.0);
    return seconds;
  }

  private static double cpuSeconds(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /* By the first words of threads' names: what compiles, collects, and works. */
  private static Map<String, Double> cpuByThread(long pid) throws IOException {
    Map<String, Double> seconds = new TreeMap<>();
    try (var tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')')).replaceAll("[-#0-9 ]+$", "");
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        seconds.merge(name, (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS, Double::sum);
      }
    }
    seconds.values().removeIf(each -> each < 0.1);
    return seconds;
  }

  private static String field(long pid, String name) {
    try (var status = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      String line = status.filter(each -> each.startsWith(name + ":")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double secondsUntil(long began, OperatorProcess operator, BooleanSupplier condition) {
    await()
        .atMost(Duration.ofMinutes(10))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!operator.alive()) {
                throw new IllegalStateException("the operator ended: see " + operator.log());
              }
              return condition.getAsBoolean();
            });
    return (System.nanoTime() - began) / 1e9;
  }
}
