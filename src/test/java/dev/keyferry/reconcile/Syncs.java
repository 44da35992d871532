package dev.keyferry.reconcile;

import dev.keyferry.api.v1.DataEntry;
import dev.keyferry.api.v1.DataFromEntry;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.RemoteRef;
import dev.keyferry.api.v1.TargetSpec;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.store.StorePlan;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ExternalSecrets and answers for the tests of this package. */
final class Syncs {

  static final Duration DEFAULT_INTERVAL = Duration.ofMinutes(5);
  static final Instant CREATED = Instant.parse("2025-12-31T23:00:00.123456789Z");

  private Syncs() {}

  static ExternalSecret object(@Nullable TargetSpec target, @Nullable String interval, List<DataEntry> data, List<DataFromEntry> dataFrom) {
    ExternalSecret object = new ExternalSecret();
    object.setMetadata(new ObjectMetaBuilder().withNamespace("shop").withName("db").withUid("uid-db").withGeneration(1L).build());
    object.setSpec(new ExternalSecretSpec(null, target, data, dataFrom, interval, null, null));
    return object;
  }

  static ExternalSecret object(@Nullable String creation, @Nullable String deletion, DataEntry... data) {
    return object(new TargetSpec(null, creation, deletion, null), null, List.of(data), List.of());
  }

  static DataEntry entry(String secretKey, String key) {
    return entry(secretKey, key, null, null);
  }

  static DataEntry entry(String secretKey, String key, @Nullable String property, @Nullable String version) {
    return new DataEntry(secretKey, new RemoteRef(key, property, version));
  }

  static DataFromEntry extract(String key) {
    return new DataFromEntry(new RemoteRef(key, null, null));
  }

  static SourceRef ref(String key) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, VersionSelector.CURRENT);
  }

  static SourceRef ref(String key, String version) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, VersionSelector.parse(SourceService.SECRETS_MANAGER, version));
  }

  static Fetched.Found found(SourceRef ref, String version, String value) {
    Revision revision = new Revision("arn:aws:secretsmanager:eu-central-1:1:secret:" + ref.key(), version);
    return new Fetched.Found(ref, revision, Payload.ofText(value), List.of("AWSCURRENT"), CREATED);
  }

  static SyncSpec read(ExternalSecret object) {
    return SyncSpec.of(object, SourceService.SECRETS_MANAGER, "", DEFAULT_INTERVAL);
  }

  static SyncInputs.Complete complete(ExternalSecret object) {
    IdentitySpec identity = new IdentitySpec(new IdentitySpec.OperatorBase(), List.of(), "eu-central-1", "shop@aws");
    return new SyncInputs.Complete(
        new StorePlan("SecretStore shop/aws", SourceService.SECRETS_MANAGER, identity, "eu-central-1", null),
        (SyncSpec.Valid) read(object),
        new Scope(new Identity("x"), "eu-central-1", null));
  }
}
