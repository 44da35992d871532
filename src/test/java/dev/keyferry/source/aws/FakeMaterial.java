package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.IdentitySpec.StaticKeysBase;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** A cluster with one ServiceAccount and one pair of keys, which tests change. */
final class FakeMaterial implements CredentialMaterial {

  static final String ROLE = "arn:aws:iam::111122223333:role/team-a";

  volatile Lookup<ServiceAccountRole> account = new Present<>(new ServiceAccountRole("uid-1", ROLE, "sts.amazonaws.com"));
  volatile Lookup<StaticKeys> keys = new Present<>(new StaticKeys("AKIAONE", "secret-one", null));
  final AtomicInteger accountLooks = new AtomicInteger();
  final AtomicInteger keyLooks = new AtomicInteger();
  final AtomicInteger tokens = new AtomicInteger();

  @Override
  public Lookup<ServiceAccountRole> serviceAccount(String namespace, String name) {
    accountLooks.incrementAndGet();
    return account;
  }

  @Override
  public Lookup<String> token(String namespace, String name, String audience, Duration lifetime) {
    tokens.incrementAndGet();
    return new Present<>("token-for-" + audience + "-" + lifetime.toSeconds());
  }

  @Override
  public Lookup<StaticKeys> staticKeys(StaticKeysBase base) {
    keyLooks.incrementAndGet();
    return keys;
  }
}
