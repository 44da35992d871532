package dev.keyferry.observe;

import dev.keyferry.kube.RequestPermits;
import dev.keyferry.status.EventRecorder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Kubernetes Events from a thread of its own, so that a slow API server holds up no reconcile. At most {@value #CAPACITY} wait; the
 * oldest gives way. What was said of an object in the last ten minutes is not said again, and of what goes well with ExternalSecrets no more
 * is said than {@link EventBudget} allows.
 */
public final class KubernetesEvents implements EventRecorder, AutoCloseable {

  /** Events that wait, at most. */
  private static final int CAPACITY = 512;

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
  private static final Duration DRAIN = Duration.ofSeconds(2);

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final EventFactory factory;
  private final RecentlySaid recent;
  private final EventBudget budget;
  private final int capacity;
  private final BlockingQueue<Optional<Event>> queue;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean dropped = new AtomicBoolean();
  private final Thread writer;

  /**
   * Starts the writer.
   *
   * @param client the client to write with
   * @param permits one is taken for each event's request
   * @param clock gives the events' time
   * @param instance names this replica, such as the pod's name
   */
  public KubernetesEvents(KubernetesClient client, RequestPermits permits, Clock clock, String instance) {
    this(client, permits, clock, instance, CAPACITY);
  }

  /** The same with room for another number of events. */
  KubernetesEvents(KubernetesClient client, RequestPermits permits, Clock clock, String instance, int capacity) {
    this.capacity = capacity;
    this.queue = new ArrayBlockingQueue<>(capacity);
    this.client = client;
    this.permits = permits;
    this.factory = new EventFactory(clock, instance);
    this.recent = new RecentlySaid(clock);
    this.budget = new EventBudget(clock);
    this.writer = Thread.ofVirtual().name("keyferry-events").start(this::write);
  }

  @Override
  public void record(About about, Type type, String reason, String message) {
    String cut = EventFactory.cut(message);
    boolean routine = type == Type.NORMAL && about.kind().equals("ExternalSecret");
    if (!closed.get() && recent.isNew(about, reason, cut) && (!routine || budget.take())) {
      enqueue(Optional.of(factory.event(about, type, reason, cut)));
    }
  }

  /** Writes what waits, for at most two seconds. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    enqueue(Optional.empty());
    try {
      if (!writer.join(DRAIN)) {
        writer.interrupt();
      }
    } catch (InterruptedException e) {
      writer.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void enqueue(Optional<Event> event) {
    while (!queue.offer(event)) {
      if (queue.poll() != null && dropped.compareAndSet(false, true)) {
        LOG.warn("More than {} Kubernetes Events wait to be written; the oldest are dropped from now on without a further word", capacity);
      }
    }
  }

  /** Runs until the empty entry that {@link #close} adds. */
  private void write() {
    try {
      for (Optional<Event> next = queue.take(); next.isPresent(); next = queue.take()) {
        create(next.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void create(Event event) {
    try {
      permits.with(() -> client.v1().events().inNamespace(event.getMetadata().getNamespace()).resource(event).create());
    } catch (KubernetesClientException e) {
      LOG.warn(
          "Event {} about {} {}/{} was not written: HTTP status {}",
          event.getReason(),
          event.getInvolvedObject().getKind(),
          event.getMetadata().getNamespace(),
          event.getInvolvedObject().getName(),
          e.getCode());
    } catch (RuntimeException e) {
      LOG.warn("Event {} was not written: {}", event.getReason(), e.getClass().getName());
    }
  }
}
