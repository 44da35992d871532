package dev.keyferry.restart;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pod template as far as it tells what it was last changed for, and which Secrets its pods run with. Any of it may be missing. */
@JsonIgnoreProperties(ignoreUnknown = true)
record PodTemplate(@Nullable Metadata metadata, @Nullable Spec spec) implements Serializable {

  /** The least that has these annotations and references. */
  static PodTemplate of(Map<String, String> annotations, Collection<String> secrets) {
    List<EnvFrom> sources = secrets.stream().map(name -> new EnvFrom(new SecretName(name))).toList();
    return new PodTemplate(new Metadata(annotations), new Spec(null, List.of(new Container(null, sources, null)), null));
  }

  /** An annotation's text; null where there is none. */
  @Nullable String annotation(String key) {
    return metadata == null || metadata.annotations() == null ? null : metadata.annotations().get(key);
  }

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Metadata(@Nullable Map<String, String> annotations) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Spec(@Nullable List<Container> initContainers, @Nullable List<Container> containers, @Nullable List<Volume> volumes)
      implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Container(@Nullable List<EnvVar> env, @Nullable List<EnvFrom> envFrom, @Nullable List<VolumeMount> volumeMounts)
      implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record EnvVar(@Nullable ValueFrom valueFrom) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record ValueFrom(@Nullable SecretName secretKeyRef) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record EnvFrom(@Nullable SecretName secretRef) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record VolumeMount(@Nullable String name, @Nullable String subPath, @Nullable String subPathExpr) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Volume(@Nullable String name, @Nullable SecretVolume secret, @Nullable Projected projected) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record SecretVolume(@Nullable String secretName) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Projected(@Nullable List<Projection> sources) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record Projection(@Nullable SecretName secret) implements Serializable {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  record SecretName(@Nullable String name) implements Serializable {}
}
