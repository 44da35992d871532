package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** EventBridge with rules for the events that are sent without a trail: they come a moment after the change, to each queue. */
final class EventBus {

  private final String accountId;
  private final Ids ids;
  private final InstantSource clock;
  private final List<MessageQueue> queues = new CopyOnWriteArrayList<>();

  EventBus(String accountId, Ids ids, InstantSource clock) {
    this.accountId = accountId;
    this.ids = ids;
    this.clock = clock;
  }

  void sendTo(MessageQueue queue) {
    queues.add(queue);
  }

  /** Tells of labels that moved; AWS tells neither of those of a rotation under way nor of a first version. */
  void secretChanged(String region, @Nullable StoredSecret before, StoredSecret after) {
    if (before == null || queues.isEmpty()) {
      return;
    }
    Map<String, String> former = labels(before);
    labels(after)
        .forEach(
            (label, version) -> {
              if (!Objects.equals(former.get(label), version)) {
                ObjectNode event = event("aws.secretsmanager", "Secret Label Updated", region, after.arn());
                event.putObject("detail").put("name", after.name()).put("labelUpdated", label).put("versionId", version);
                send(event);
              }
            });
  }

  void parameterChanged(String region, String arn, String name, String operation) {
    ObjectNode event = event("aws.ssm", "Parameter Store Change", region, arn);
    event.putObject("detail").put("operation", operation).put("name", name).put("type", "String");
    send(event);
  }

  private ObjectNode event(String source, String type, String region, String arn) {
    ObjectNode event = SecretJson.object().put("version", "0").put("id", ids.uuid()).put("detail-type", type).put("source", source);
    event.put("account", accountId).put("time", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString()).put("region", region);
    event.putArray("resources").add(arn);
    return event;
  }

  private void send(ObjectNode event) {
    queues.forEach(queue -> queue.send(event.toString()));
  }

  private static Map<String, String> labels(StoredSecret secret) {
    Map<String, String> labels = new TreeMap<>();
    secret.versions().byId().values().forEach(version -> version.stages().forEach(label -> labels.put(label, version.id())));
    labels.remove(Versions.PENDING);
    labels.remove(Versions.PREVIOUS);
    return labels;
  }
}
