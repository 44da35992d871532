package dev.keyferry.write;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.render.RenderedSecret;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Requests and Secrets for the tests of this package. */
final class WriteFixtures {

  static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  static final WriteRequest.Owner OWNER = new WriteRequest.Owner("shop", "db", "uid-db");
  static final DataDigests DIGESTS = new DataDigests(new byte[32]);

  private WriteFixtures() {}

  static WriteRequest request(CreationPolicy creation, Map<String, String> data, Map<String, String> revisions) {
    return request(creation, false, data, revisions);
  }

  static WriteRequest request(CreationPolicy creation, boolean immutable, Map<String, String> data, Map<String, String> revisions) {
    Map<String, byte[]> bytes = new TreeMap<>();
    data.forEach((key, value) -> bytes.put(key, value.getBytes(StandardCharsets.UTF_8)));
    return new WriteRequest(OWNER, "target", creation, immutable, new RenderedSecret(bytes), revisions, Map.of());
  }

  /** The same request of an ExternalSecret that enables restarts. */
  static WriteRequest restarting(WriteRequest request, WriteRequest.Trigger trigger, boolean reloaderIgnore) {
    TargetRecord.Restart wish = new TargetRecord.Restart(true, List.of("Deployment/web"), null, null);
    return new WriteRequest(
        request.owner(),
        request.target(),
        request.creation(),
        request.immutable(),
        request.secret(),
        request.revisions(),
        request.quiet(),
        new WriteRequest.Restarts(wish, trigger, reloaderIgnore));
  }

  static TargetRecord record(String externalSecret) {
    return new TargetRecord(externalSecret, "uid-" + externalSecret, "t", true, "2026-01-01T00:00:00Z", "k", Map.of());
  }

  /** A Secret in which nobody of ours has written. */
  static SecretBuilder foreign(Map<String, String> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach((key, value) -> encoded.put(key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName("target")
        .withUid("uid-target")
        .withResourceVersion("7")
        .endMetadata()
        .withData(encoded);
  }

  /** The Secret as the request itself leaves it. */
  static SecretBuilder written(WriteRequest request) {
    Map<String, String> data = new TreeMap<>();
    request.secret().data().forEach((key, value) -> data.put(key, new String(value, StandardCharsets.UTF_8)));
    SecretBuilder secret =
        foreign(data)
            .editMetadata()
            .addToLabels(Marks.MANAGED, "true")
            .addToAnnotations(
                TargetRecord.annotationOf(request.owner().name()), Tokens.next(request, Optional.empty(), NOW).text())
            .endMetadata();
    return request.creation() == CreationPolicy.OWNER ? owned(secret, "ExternalSecret", request.owner().name(), request.owner().uid()) : secret;
  }

  static SecretBuilder owned(SecretBuilder secret, String kind, String name, String uid) {
    return secret
        .editMetadata()
        .withOwnerReferences(
            new OwnerReferenceBuilder().withApiVersion("v1").withKind(kind).withName(name).withUid(uid).withController(true).build())
        .endMetadata();
  }

  static SecretBuilder recorded(SecretBuilder secret, String externalSecret) {
    return secret
        .editMetadata()
        .addToAnnotations(TargetRecord.annotationOf(externalSecret), record(externalSecret).text())
        .endMetadata();
  }

  static WritePlan plan(WriteRequest request, Secret observed) {
    return WritePlanner.plan(request, DIGESTS.of(request.secret().data()), Optional.of(TargetView.of(observed, DIGESTS)), NOW.plusSeconds(60));
  }
}
