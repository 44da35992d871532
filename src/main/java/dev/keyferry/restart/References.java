package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Secrets that a pod runs with. Image pull secrets are left out: they are read when an image is pulled, and a running pod does not
 * hold them.
 */
public final class References {

  private References() {}

  /** Names of the Secrets in env, envFrom, secret volumes and projected volumes, of containers and init containers; sorted. */
  public static Set<String> of(@Nullable PodTemplateSpec template) {
    PodSpec spec = template == null ? null : template.getSpec();
    if (spec == null) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    Stream.concat(stream(spec.getInitContainers()), stream(spec.getContainers()))
        .flatMap(References::ofContainer)
        .forEach(names::add);
    stream(spec.getVolumes()).flatMap(References::ofVolume).forEach(names::add);
    return Collections.unmodifiableSet(names);
  }

  private static Stream<String> ofContainer(Container container) {
    return Stream.concat(
        stream(container.getEnv()).map(References::ofVariable).filter(Objects::nonNull),
        stream(container.getEnvFrom()).map(References::ofSource).filter(Objects::nonNull));
  }

  private static @Nullable String ofVariable(EnvVar variable) {
    var from = variable.getValueFrom();
    return from == null || from.getSecretKeyRef() == null ? null : from.getSecretKeyRef().getName();
  }

  private static @Nullable String ofSource(EnvFromSource source) {
    return source.getSecretRef() == null ? null : source.getSecretRef().getName();
  }

  private static Stream<String> ofVolume(Volume volume) {
    String direct = volume.getSecret() == null ? null : volume.getSecret().getSecretName();
    Stream<String> projected =
        volume.getProjected() == null
            ? Stream.empty()
            : stream(volume.getProjected().getSources()).map(References::ofProjection).filter(Objects::nonNull);
    return Stream.concat(Stream.ofNullable(direct), projected);
  }

  private static @Nullable String ofProjection(VolumeProjection projection) {
    return projection.getSecret() == null ? null : projection.getSecret().getName();
  }

  private static <E> Stream<E> stream(@Nullable Collection<E> elements) {
    return elements == null ? Stream.empty() : elements.stream();
  }
}
