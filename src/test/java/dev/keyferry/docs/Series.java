package dev.keyferry.docs;

import dev.keyferry.observe.KeyferryMetrics;
import dev.keyferry.reconcile.SyncListener.Incident;
import dev.keyferry.reconcile.SyncListener.State;
import dev.keyferry.restart.RestartListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceService;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A family of series that {@code /metrics} shows.
 *
 * @param type as Prometheus names it
 * @param labels names of its labels, but for a histogram's {@code le}
 */
record Series(String type, Set<String> labels) {

  private static final Pattern TYPE = Pattern.compile("# TYPE (keyferry_\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("(keyferry_[a-z_]+?)(?:\\{(.*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

  /** Every family of Keyferry's own, after everything that can happen has happened once. The {@code _max} of timers is left out. */
  static Map<String, Series> touched() {
    KeyferryMetrics metrics = new KeyferryMetrics("1.2.3");
    metrics.prices(Map.of("SecretsManager", 0.05));
    try (metrics) {
      touch(metrics);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      metrics.scrape(out, "text/plain; version=0.0.4; charset=utf-8");
      return read(out.toString(StandardCharsets.UTF_8));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void touch(KeyferryMetrics metrics) throws Exception {
    metrics.show(() -> List.of(new State("shop", "db", true, "SecretSynced", Instant.EPOCH)));
    metrics.showIncidents(() -> List.of(new Incident("ClusterSecretStore aws", "AccessDenied", 500)));
    metrics.reconciled("created", "SecretSynced", Duration.ofSeconds(1));
    metrics.rotations(3, 2, 1);
    metrics.propagated(Duration.ofSeconds(1));
    metrics.hit();
    metrics.miss();
    metrics.batch(SourceService.SECRETS_MANAGER, 1, 20);
    metrics.failed(FailureKind.THROTTLED);
    metrics.throttled(SourceService.SECRETS_MANAGER, true);
    metrics.failedOver("eu-west-1");
    metrics.called("SecretsManager", "GetSecretValue", "none", 1, Duration.ofSeconds(1));
    metrics.message("label", "change");
    metrics.receiveFailed(FailureKind.NETWORK);
    metrics.settled(Duration.ofSeconds(1));
    metrics.restart(new RestartListener.WorkloadRef("Deployment", "shop", "web", "uid"), RestartListener.Result.RESTARTED, "moved");
    metrics.rolled(new RestartListener.WorkloadRef("Deployment", "shop", "web", "uid"), Duration.ofSeconds(1));
    metrics.pending(1);
    metrics.leader(true);
    metrics.sweeps().pass("sweep", "completed");
    metrics.sweeps().scopes(Map.of("Sweep", 1));
    touch(metrics.josdk());
  }

  private static void touch(Metrics josdk) throws Exception {
    Map<String, Object> controller = Map.of(Constants.CONTROLLER_NAME, "externalsecret");
    ConfigMap object = new ConfigMapBuilder().withNewMetadata().withNamespace("shop").withName("db").endMetadata().build();
    josdk.receivedEvent(new Event(new ResourceID("db", "shop")), controller);
    josdk.reconcileCustomResource(object, new Attempt(1), controller);
    josdk.reconciliationExecutionStarted(object, controller);
    josdk.failedReconciliation(object, new IllegalStateException(), controller);
    josdk.timeControllerExecution(new Execution());
  }

  private static Map<String, Series> read(String text) {
    Map<String, Series> families = new TreeMap<>();
    TYPE.matcher(text).results()
        .filter(type -> !type.group(1).endsWith("_max"))
        .forEach(type -> families.put(type.group(1), new Series(type.group(2), new TreeSet<>())));
    text.lines().map(SAMPLE::matcher).filter(Matcher::matches).forEach(sample -> {
      String name = sample.group(1);
      String family = families.containsKey(name) ? name : name.replaceFirst("_(bucket|sum|count|max)$", "");
      if (families.containsKey(family) && sample.group(2) != null) {
        LABEL.matcher(sample.group(2)).results()
            .map(label -> label.group(1))
            .filter(label -> !label.equals("le"))
            .forEach(families.get(family).labels()::add);
      }
    });
    return families;
  }

  private record Attempt(int number) implements RetryInfo {
    @Override
    public int getAttemptCount() {
      return number;
    }

    @Override
    public boolean isLastAttempt() {
      return false;
    }
  }

  private static final class Execution implements Metrics.ControllerExecution<String> {
    @Override
    public String controllerName() {
      return "externalsecret";
    }

    @Override
    public String successTypeName(String result) {
      return "done";
    }

    @Override
    public ResourceID resourceID() {
      return new ResourceID("db", "shop");
    }

    @Override
    public String name() {
      return "reconcile";
    }

    @Override
    public Map<String, Object> metadata() {
      return Map.of();
    }

    @Override
    public String execute() {
      return "done";
    }
  }
}
