package dev.keyferry.kube;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one ExternalSecret last wrote to a target, kept in an annotation of the target in the same request as the data. Restarts compare its
 * token.
 *
 * @param externalSecret name of the ExternalSecret
 * @param uid its Kubernetes uid
 * @param token digest of the revisions that restarts compare; see {@code write.Tokens}
 * @param initial true until the token has advanced once since the target was made: such a token is adopted without a restart
 * @param changed when the token last advanced, or was first written; RFC 3339, whole seconds
 * @param keys short digest of the names of the keys that it wrote and of where each came from
 * @param revisions short digest of each ref's revision, by short digest of the ref; sorted
 * @param since when the first of several changes in quick succession came, of which {@code changed} is the last; null where there was one
 * @param restart what the ExternalSecret says of restarts; null for nothing
 * @param reloaderIgnore whether it keeps Stakater's Reloader away from the target
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"externalSecret", "uid", "token", "initial", "changed", "keys", "revisions", "since", "restart", "reloaderIgnore"})
public record TargetRecord(
    String externalSecret,
    String uid,
    String token,
    boolean initial,
    String changed,
    String keys,
    Map<String, String> revisions,
    @Nullable String since,
    @Nullable Restart restart,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean reloaderIgnore) {

  /**
   * Which workloads an ExternalSecret wants restarted, and when; so that the loop that restarts needs no ExternalSecret.
   *
   * @param enabled whether workloads restart that do not say; null where it does not say either
   * @param targets the workloads, as {@code Kind/name}; empty means all that reference the target
   * @param window when; null for always
   * @param maxDefer how long after a change outside of the window too; null for never
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonPropertyOrder({"enabled", "targets", "window", "maxDefer"})
  public record Restart(@Nullable Boolean enabled, List<String> targets, @Nullable String window, @Nullable String maxDefer) {

    /** The list never changes, and holds no null. */
    public Restart {
      targets = targets == null ? List.of() : targets.stream().filter(Objects::nonNull).toList();
    }
  }

  private static final ObjectMapper JSON = LeanJson.mapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
  private static final int MAX_NAME = 63;

  /** A record of a single change. */
  public TargetRecord(
      String externalSecret, String uid, String token, boolean initial, String changed, String keys, Map<String, String> revisions) {
    this(externalSecret, uid, token, initial, changed, keys, revisions, null);
  }

  /** A record of an ExternalSecret that says nothing of restarts. */
  public TargetRecord(
      String externalSecret,
      String uid,
      String token,
      boolean initial,
      String changed,
      String keys,
      Map<String, String> revisions,
      @Nullable String since) {
    this(externalSecret, uid, token, initial, changed, keys, revisions, since, null, false);
  }

  /** The map is sorted and never changes. */
  public TargetRecord {
    revisions = revisions == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(revisions));
  }

  /** The annotation that holds the record of the ExternalSecret of that name; names beyond 63 characters are shortened with a digest. */
  public static String annotationOf(String externalSecret) {
    if (externalSecret.length() <= MAX_NAME) {
      return Marks.RECORD_PREFIX + externalSecret;
    }
    return Marks.RECORD_PREFIX + externalSecret.substring(0, MAX_NAME - 11) + "-x" + shortDigest(externalSecret).substring(0, 9);
  }

  /** Every readable record among a Secret's annotations, by the ExternalSecret's name, sorted. */
  public static Map<String, TargetRecord> all(@Nullable Map<String, String> annotations) {
    Map<String, TargetRecord> records = new TreeMap<>();
    if (annotations != null) {
      annotations.forEach(
          (key, value) -> {
            if (key.startsWith(Marks.RECORD_PREFIX)) {
              parse(value).ifPresent(record -> records.put(record.externalSecret(), record));
            }
          });
    }
    return records;
  }

  /** The record in one annotation's text, or empty where it is none. */
  public static Optional<TargetRecord> parse(@Nullable String text) {
    if (text == null) {
      return Optional.empty();
    }
    try {
      TargetRecord record = JSON.readValue(text, TargetRecord.class);
      return record != null && record.isWhole() ? Optional.of(record) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /* Anybody who may edit the Secret may have edited its annotations. */
  private boolean isWhole() {
    return externalSecret != null && token != null && changed != null && revisions.values().stream().allMatch(revision -> revision != null);
  }

  /** The annotation's text: one line of JSON, always the same for equal records. */
  public String text() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of strings did not serialise", e);
    }
  }

  /** The first 16 hex digits of the SHA-256 of that text. */
  public static String shortDigest(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
