package dev.keyferry.observe;

import dev.keyferry.reconcile.SyncListener;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What is read at each scrape: the ExternalSecrets as they stand, so that no series outlives its object, and the build. */
final class StateCollector implements MultiCollector {

  private final String version;
  private final Supplier<SyncListener.States> states;
  private final Supplier<SyncListener.Incidents> incidents;

  StateCollector(String version, Supplier<SyncListener.States> states, Supplier<SyncListener.Incidents> incidents) {
    this.version = version;
    this.states = states;
    this.incidents = incidents;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder ready =
        GaugeSnapshot.builder()
            .name("keyferry_externalsecret_ready")
            .help("1 where an ExternalSecret's condition Ready is True, else 0, with the condition's reason");
    GaugeSnapshot.Builder success =
        GaugeSnapshot.builder()
            .name("keyferry_externalsecret_last_success_timestamp_seconds")
            .help("When an ExternalSecret's sources were last all read and its target was found or made right");
    for (SyncListener.State state : distinct().values()) {
      Labels object = Labels.of("namespace", state.namespace(), "name", state.name());
      ready.dataPoint(
          GaugeDataPointSnapshot.builder().labels(object.add("reason", state.reason())).value(state.ready() ? 1 : 0).build());
      if (state.lastSuccess() != null) {
        success.dataPoint(GaugeDataPointSnapshot.builder().labels(object).value(state.lastSuccess().toEpochMilli() / 1000.0).build());
      }
    }
    return MetricSnapshots.of(ready.build(), success.build(), standing(), build());
  }

  private GaugeSnapshot standing() {
    GaugeSnapshot.Builder standing =
        GaugeSnapshot.builder()
            .name("keyferry_incident_externalsecrets")
            .help("ExternalSecrets of a store that fail alike, while they are many");
    for (SyncListener.Incident incident : incidents.get().standing()) {
      Labels labels = Labels.of("store", incident.store(), "reason", incident.reason());
      standing.dataPoint(GaugeDataPointSnapshot.builder().labels(labels).value(incident.externalSecrets()).build());
    }
    return standing.build();
  }

  private Map<String, SyncListener.State> distinct() {
    Map<String, SyncListener.State> distinct = new LinkedHashMap<>();
    for (SyncListener.State state : states.get().states()) {
      distinct.put(state.namespace() + "/" + state.name(), state);
    }
    return distinct;
  }

  private InfoSnapshot build() {
    return InfoSnapshot.builder()
        .name("keyferry_build")
        .help("The running build")
        .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of("version", version)).build())
        .build();
  }
}
