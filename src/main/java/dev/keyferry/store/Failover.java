package dev.keyferry.store;

import dev.keyferry.api.v1.AwsSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which regions a store may fail over to. The CRD's rules refuse the same. */
final class Failover {

  private static final int MOST = 3;
  private static final Pattern REGION = Pattern.compile(AwsSpec.REGION);

  private Failover() {}

  /** What is wrong with them; empty where nothing is. */
  static Optional<String> mistake(String store, String region, List<String> others) {
    String field = "provider.aws.failoverRegions of " + store;
    if (others.size() > MOST) {
      return Optional.of(field + " may hold 3 regions at most");
    }
    if (others.contains(region) || new HashSet<>(others).size() < others.size()) {
      return Optional.of(field + " must name each region once, and not provider.aws.region");
    }
    return others.stream()
        .filter(other -> !REGION.matcher(other).matches())
        .findFirst()
        .map(other -> field + ": \"" + other + "\" is no region name such as eu-west-1");
  }
}
