package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics.ControllerExecution;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JosdkMetricsTest {

  private static final Map<String, Object> CONTROLLER = Map.of(Constants.CONTROLLER_NAME, "externalsecret");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final JosdkMetrics metrics = new JosdkMetrics(registry);

  @Test
  void given_an_object_when_it_is_submitted_started_and_finished_then_queue_and_active_follow() {
    metrics.reconcileCustomResource(object("a"), null, CONTROLLER);
    metrics.reconcileCustomResource(object("b"), null, CONTROLLER);
    assertThat(gauge("keyferry.reconcile.queue")).isEqualTo(2);
    metrics.reconciliationExecutionStarted(object("a"), CONTROLLER);
    assertThat(gauge("keyferry.reconcile.queue")).isEqualTo(1);
    assertThat(gauge("keyferry.reconcile.active")).isEqualTo(1);
    metrics.reconciliationExecutionFinished(object("a"), CONTROLLER);
    assertThat(gauge("keyferry.reconcile.active")).isZero();
  }

  @Test
  void given_a_submitted_object_when_it_is_deleted_before_it_starts_then_it_leaves_the_queue() {
    metrics.reconcileCustomResource(object("a"), null, CONTROLLER);
    metrics.cleanupDoneFor(new ResourceID("a", "ns"), CONTROLLER);
    assertThat(gauge("keyferry.reconcile.queue")).isZero();
  }

  @Test
  void given_many_objects_when_they_are_reconciled_then_no_meter_names_one() throws Exception {
    for (int i = 0; i < 50; i++) {
      ConfigMap object = object("object-" + i);
      metrics.reconcileCustomResource(object, null, CONTROLLER);
      metrics.failedReconciliation(object, new IllegalStateException("canary"), CONTROLLER);
      metrics.timeControllerExecution(execution());
    }
    assertThat(registry.getMeters()).hasSizeLessThan(15);
    assertThat(registry.getMeters()).extracting(Meter::getId).noneMatch(id -> id.toString().contains("object-"));
    assertThat(registry.get("keyferry.reconcile.failures").counter().count()).isEqualTo(50);
    assertThat(registry.get("keyferry.reconcile.duration").timer().count()).isEqualTo(50);
  }

  private double gauge(String name) {
    return registry.get(name).tag("controller", "externalsecret").gauge().value();
  }

  private static ConfigMap object(String name) {
    return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("ns").endMetadata().build();
  }

  private static ControllerExecution<String> execution() {
    return new ControllerExecution<>() {
      @Override
      public String name() {
        return "reconcile";
      }

      @Override
      public String controllerName() {
        return "externalsecret";
      }

      @Override
      public String successTypeName(String result) {
        return result;
      }

      @Override
      public ResourceID resourceID() {
        return new ResourceID("a", "ns");
      }

      @Override
      public Map<String, Object> metadata() {
        return CONTROLLER;
      }

      @Override
      public String execute() {
        return "done";
      }
    };
  }
}
