package dev.keyferry.observe;

import dev.keyferry.fetch.SweepListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes over lists of secrets, and how changes are noticed. */
public final class SweepMetrics implements SweepListener {

  private final MeterRegistry registry;
  private final Counter missed;
  private final BoundedLabel kinds = BoundedLabel.of("sweep", "walk");
  private final BoundedLabel results = BoundedLabel.of("completed", "failed", "denied", "abandoned");
  private final BoundedLabel modes = BoundedLabel.first(8);
  private final Map<String, AtomicInteger> scopes = new ConcurrentHashMap<>();

  SweepMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.missed =
        Counter.builder("keyferry.sweep.missed")
            .description("Changes that a walk of the whole list found and sweeps before it had missed")
            .register(registry);
  }

  @Override
  public void pass(String kind, String result) {
    Counter.builder("keyferry.list.passes")
        .description("Passes over a scope's list of secrets")
        .tags("kind", kinds.of(kind), "result", results.of(result))
        .register(registry)
        .increment();
  }

  @Override
  public void missed() {
    missed.increment();
  }

  @Override
  public void scopes(Map<String, Integer> byMode) {
    byMode.forEach((mode, count) -> scopes.computeIfAbsent(modes.of(mode), this::gauge).set(count));
  }

  private AtomicInteger gauge(String mode) {
    AtomicInteger value = new AtomicInteger();
    Gauge.builder("keyferry.scopes", value, AtomicInteger::get)
        .description("Identities that read Secrets Manager in a region, by how changes are noticed")
        .tags("mode", mode)
        .register(registry);
    return value;
  }
}
