package dev.keyferry.observe;

import dev.keyferry.status.EventRecorder.About;
import dev.keyferry.status.EventRecorder.Type;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Makes core/v1 Events as client-go's recorder does, so that {@code kubectl describe} finds them. */
final class EventFactory {

  /** What Kubernetes takes at most. */
  static final int MAX_MESSAGE = 1024;

  private static final String COMPONENT = "keyferry";
  private static final int MAX_NAME = 253;

  private final Clock clock;
  private final String instance;
  private final AtomicLong sequence = new AtomicLong();

  EventFactory(Clock clock, String instance) {
    this.clock = clock;
    this.instance = instance;
  }

  Event event(About about, Type type, String reason, String message) {
    Instant now = clock.instant();
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String namespace = about.namespace() == null ? "default" : about.namespace();
    return new EventBuilder()
        .withNewMetadata()
        .withName(name(about, now))
        .withNamespace(namespace)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.apiVersion())
        .withKind(about.kind())
        .withNamespace(about.namespace())
        .withName(about.name())
        .withUid(about.uid())
        .endInvolvedObject()
        .withType(type.word())
        .withReason(reason)
        .withMessage(message)
        .withCount(1)
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withReportingComponent(COMPONENT)
        .withReportingInstance(instance)
        .build();
  }

  /** A message that fits. */
  static String cut(String message) {
    if (message.length() <= MAX_MESSAGE) {
      return message;
    }
    int end = MAX_MESSAGE - 3;
    return message.substring(0, Character.isHighSurrogate(message.charAt(end - 1)) ? end - 1 : end) + "...";
  }

  /** Unique among replicas and over time: the object, the time, and a hash of who says it about whom. */
  private String name(About about, Instant now) {
    int who = (about.uid() + instance).hashCode();
    String suffix = String.format(".%x%08x", ChronoUnit.MICROS.between(Instant.EPOCH, now) + sequence.getAndIncrement(), who);
    String prefix = about.name().substring(0, Math.min(about.name().length(), MAX_NAME - suffix.length()));
    return prefix.replaceAll("[-.]+$", "") + suffix;
  }
}
