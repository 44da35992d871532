package dev.keyferry.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;

/** Estimates what calls to AWS cost. An estimate, since discounts and free tiers are not known here; AWS's bill counts. */
final class AwsCost {

  private static final double PRICED_CALLS = 10_000;

  private final MeterRegistry registry;
  private volatile Map<String, Double> dollars = Map.of();

  AwsCost(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Sets what each service asks for 10,000 calls; a service that is not among them is free. */
  void prices(Map<String, Double> byService) {
    dollars = Map.copyOf(byService);
  }

  /**
   * Counts.
   *
   * @param requests how many were sent
   * @param labels {@code service} and {@code operation} with their values
   */
  void called(String service, int requests, String... labels) {
    Double price = dollars.get(service);
    if (price != null && price > 0) {
      Counter.builder("keyferry.aws.cost.dollars")
          .description("Estimated cost of the requests that were sent to AWS, in dollars")
          .tags(labels)
          .register(registry)
          .increment(requests * price / PRICED_CALLS);
    }
  }
}
