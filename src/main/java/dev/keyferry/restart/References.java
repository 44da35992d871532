package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.util.Collection;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Secrets that a pod runs with. Image pull secrets are left out: they are read when an image is pulled, and a running pod does not
 * hold them.
 */
public final class References {

  private static final String VOLUMES = "volumes";

  private References() {}

  /** Names of the Secrets in env, envFrom, secret volumes and projected volumes, of containers and init containers; sorted. */
  public static Set<String> of(@Nullable PodTemplateSpec template) {
    return of(template, null);
  }

  /**
   * The same, less what the pods reload by themselves.
   *
   * @param hotReload the workload's {@code keyferry.dev/hot-reload}: {@code volumes} leaves out Secrets that are only mounted in whole, which
   *     kubelet renews in place; it never renews a {@code subPath}. Null, or any other text, leaves out none
   */
  static Set<String> of(@Nullable PodTemplateSpec template, @Nullable String hotReload) {
    PodSpec spec = template == null ? null : template.getSpec();
    if (spec == null) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    containers(spec).flatMap(References::ofContainer).forEach(names::add);
    Predicate<Volume> counts = hotReload != null && isHotReload(hotReload) ? fixed(spec) : _ -> true;
    stream(spec.getVolumes()).filter(counts).flatMap(References::ofVolume).forEach(names::add);
    return Collections.unmodifiableSet(names);
  }

  /** Whether an annotation's text is the one word that it may be. */
  static boolean isHotReload(String text) {
    return text.strip().equals(VOLUMES);
  }

  private static Stream<Container> containers(PodSpec spec) {
    return Stream.concat(stream(spec.getInitContainers()), stream(spec.getContainers()));
  }

  /** Which volumes stay as they were when the container started. */
  private static Predicate<Volume> fixed(PodSpec spec) {
    Set<String> names =
        containers(spec)
            .flatMap(container -> stream(container.getVolumeMounts()))
            .filter(mount -> given(mount.getSubPath()) || given(mount.getSubPathExpr()))
            .map(VolumeMount::getName)
            .collect(Collectors.toSet());
    return volume -> names.contains(volume.getName());
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isEmpty();
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
