package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.reconcile.SyncListener.State;
import dev.keyferry.restart.RestartListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyferryMetricsTest {

  private final KeyferryMetrics metrics = new KeyferryMetrics("1.2.3");

  @AfterEach
  void close() {
    metrics.close();
  }

  @Test
  void given_reconciles_when_scraped_then_counts_by_result_and_reason() {
    metrics.reconciled("created", "Synced", Duration.ofMillis(200));
    metrics.reconciled("failed", "AccessDenied", Duration.ofMillis(20));
    metrics.reconciled("deleted", "SecretDeleted", Duration.ofMillis(200));
    assertThat(lines())
        .contains(
            "keyferry_sync_total{reason=\"SecretDeleted\",result=\"deleted\"} 1.0",
            "keyferry_sync_total{reason=\"Synced\",result=\"created\"} 1.0",
            "keyferry_sync_total{reason=\"AccessDenied\",result=\"failed\"} 1.0",
            "keyferry_sync_duration_seconds_bucket{le=\"0.05\"} 1",
            "keyferry_sync_duration_seconds_bucket{le=\"0.25\"} 3",
            "keyferry_sync_duration_seconds_count 3");
  }

  @Test
  void given_propagation_when_scraped_then_a_histogram_and_no_negative_time() {
    metrics.propagated(Duration.ofSeconds(-3));
    metrics.propagated(Duration.ofSeconds(90));
    assertThat(lines())
        .contains(
            "keyferry_propagation_seconds_bucket{le=\"0.5\"} 1",
            "keyferry_propagation_seconds_bucket{le=\"120.0\"} 2",
            "keyferry_propagation_seconds_sum 90.0");
  }

  @Test
  void given_calls_when_scraped_then_calls_requests_and_time() {
    metrics.called("SecretsManager", "BatchGetSecretValue", "none", 1, Duration.ofMillis(30));
    metrics.called("SecretsManager", "BatchGetSecretValue", "ThrottlingException", 3, Duration.ofSeconds(2));
    String call = "operation=\"BatchGetSecretValue\",service=\"SecretsManager\"";
    assertThat(lines())
        .contains(
            "keyferry_aws_calls_total{error_code=\"none\"," + call + "} 1.0",
            "keyferry_aws_calls_total{error_code=\"ThrottlingException\"," + call + "} 1.0",
            "keyferry_aws_requests_total{" + call + "} 4.0",
            "keyferry_aws_call_duration_seconds_bucket{" + call + ",le=\"0.05\"} 1",
            "keyferry_aws_call_duration_seconds_count{" + call + "} 2");
  }

  @Test
  void given_endless_new_words_when_scraped_then_the_series_stay_few() {
    for (int i = 0; i < 1000; i++) {
      metrics.called("Service" + i, "Operation" + i, "Code" + i, 1, Duration.ofMillis(1));
      metrics.reconciled("result" + i, "Reason" + i, Duration.ofMillis(1));
    }
    metrics.reconciled("created", "a reason with a value in it", Duration.ofMillis(1));
    assertThat(lines().stream().filter(l -> l.startsWith("keyferry_aws_calls_total")).toList()).hasSizeLessThan(75);
    assertThat(lines().stream().filter(l -> l.startsWith("keyferry_sync_total")).toList()).hasSizeLessThan(75);
    assertThat(lines()).contains("keyferry_sync_total{reason=\"other\",result=\"created\"} 1.0");
    assertThat(String.join("\n", lines())).doesNotContain("Code7", "result7", "a value in it");
  }

  @Test
  void given_reads_when_scraped_then_cache_batches_and_errors() {
    metrics.hit();
    metrics.miss();
    metrics.miss();
    metrics.batch(SourceService.SECRETS_MANAGER, 10, 20);
    metrics.failed(FailureKind.THROTTLED);
    assertThat(lines())
        .contains(
            "keyferry_cache_requests_total{result=\"hit\"} 1.0",
            "keyferry_cache_requests_total{result=\"miss\"} 2.0",
            "keyferry_batches_total{service=\"SecretsManager\"} 1.0",
            "keyferry_batch_refs_total 10.0",
            "keyferry_batch_fill_ratio_sum 0.5",
            "keyferry_batch_fill_ratio_count 1",
            "keyferry_source_errors_total{class=\"throttled\"} 1.0",
            "keyferry_source_errors_total{class=\"access_denied\"} 0.0");
  }

  @Test
  void given_event_queues_when_scraped_then_messages_errors_and_lag() {
    metrics.message("label", "change");
    metrics.message("a kind of somebody's own", "change");
    metrics.receiveFailed(FailureKind.ACCESS_DENIED);
    metrics.settled(Duration.ofSeconds(2));
    assertThat(lines())
        .contains(
            "keyferry_event_messages_total{kind=\"label\",result=\"change\"} 1.0",
            "keyferry_event_messages_total{kind=\"other\",result=\"change\"} 1.0",
            "keyferry_event_errors_total{class=\"access_denied\"} 1.0",
            "keyferry_event_lag_seconds_sum 2.0");
  }

  @Test
  void given_restarts_when_scraped_then_by_kind_and_result_and_no_workload() {
    metrics.restart(new RestartListener.WorkloadRef("Deployment", "ns", "web", "uid"), RestartListener.Result.RESTARTED, "moved");
    metrics.pending(3);
    metrics.inFlight(2);
    metrics.stalePods(7);
    metrics.rolled(new RestartListener.WorkloadRef("Deployment", "ns", "web", "uid"), Duration.ofSeconds(42));
    metrics.leader(true);
    assertThat(lines())
        .contains(
            "keyferry_restarts_total{kind=\"Deployment\",reason=\"changed\",result=\"restarted\"} 1.0",
            "keyferry_restarts_pending 3.0",
            "keyferry_restarts_in_flight 2.0",
            "keyferry_stale_pods 7.0",
            "keyferry_rotation_to_rolled_seconds_sum 42.0",
            "keyferry_leader 1.0")
        .noneMatch(line -> line.contains("web"));
  }

  @Test
  void given_an_object_when_it_goes_then_its_series_go() {
    List<State> states = new ArrayList<>();
    metrics.show(() -> states);
    states.add(new State("ns", "db", true, "Synced", Instant.ofEpochSecond(1_700_000_000)));
    states.add(new State("ns", "api", false, "NotFound", null));
    assertThat(lines())
        .contains(
            "keyferry_externalsecret_ready{name=\"db\",namespace=\"ns\",reason=\"Synced\"} 1.0",
            "keyferry_externalsecret_ready{name=\"api\",namespace=\"ns\",reason=\"NotFound\"} 0.0",
            "keyferry_externalsecret_last_success_timestamp_seconds{name=\"db\",namespace=\"ns\"} 1.7E9")
        .noneMatch(line -> line.startsWith("keyferry_externalsecret_last_success_timestamp_seconds{name=\"api\""));
    states.clear();
    assertThat(lines()).noneMatch(line -> line.startsWith("keyferry_externalsecret_"));
  }

  @Test
  void given_one_object_twice_when_scraped_then_the_scrape_stands() {
    State state = new State("ns", "db", true, "Synced", null);
    metrics.show(() -> List.of(state, state));
    assertThat(lines()).filteredOn(line -> line.startsWith("keyferry_externalsecret_ready{")).hasSize(1);
  }

  @Test
  void given_a_version_when_scraped_then_build_info_and_the_process() {
    assertThat(lines())
        .contains("keyferry_build_info{version=\"1.2.3\"} 1")
        .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(line -> line.startsWith("jvm_threads_live_threads"))
        .anyMatch(line -> line.startsWith("process_cpu_usage"));
  }

  private List<String> lines() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      metrics.scrape(out, "text/plain; version=0.0.4; charset=utf-8");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString(StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).toList();
  }
}
