package dev.keyferry.restart;

import dev.keyferry.restart.PodTemplate.Container;
import dev.keyferry.restart.PodTemplate.EnvFrom;
import dev.keyferry.restart.PodTemplate.EnvVar;
import dev.keyferry.restart.PodTemplate.Projection;
import dev.keyferry.restart.PodTemplate.Volume;
import dev.keyferry.restart.PodTemplate.VolumeMount;
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
final class References {

  private static final String VOLUMES = "volumes";

  private References() {}

  /** Names of the Secrets in env, envFrom, secret volumes and projected volumes, of containers and init containers; sorted. */
  static Set<String> of(@Nullable PodTemplate template) {
    return of(template, null);
  }

  /**
   * The same, less what the pods reload by themselves.
   *
   * @param hotReload the workload's {@code keyferry.dev/hot-reload}: {@code volumes} leaves out Secrets that are only mounted in whole, which
   *     kubelet renews in place; it never renews a {@code subPath}. Null, or any other text, leaves out none
   */
  static Set<String> of(@Nullable PodTemplate template, @Nullable String hotReload) {
    PodTemplate.Spec spec = template == null ? null : template.spec();
    if (spec == null) {
      return Set.of();
    }
    Set<String> names = new TreeSet<>();
    containers(spec).flatMap(References::ofContainer).forEach(names::add);
    Predicate<Volume> counts = hotReload != null && isHotReload(hotReload) ? fixed(spec) : _ -> true;
    stream(spec.volumes()).filter(counts).flatMap(References::ofVolume).forEach(names::add);
    return Collections.unmodifiableSet(names);
  }

  /** Whether an annotation's text is the one word that it may be. */
  static boolean isHotReload(String text) {
    return text.strip().equals(VOLUMES);
  }

  private static Stream<Container> containers(PodTemplate.Spec spec) {
    return Stream.concat(stream(spec.initContainers()), stream(spec.containers()));
  }

  /** Which volumes stay as they were when the container started. */
  private static Predicate<Volume> fixed(PodTemplate.Spec spec) {
    Set<String> names =
        containers(spec)
            .flatMap(container -> stream(container.volumeMounts()))
            .filter(mount -> given(mount.subPath()) || given(mount.subPathExpr()))
            .map(VolumeMount::name)
            .collect(Collectors.toSet());
    return volume -> names.contains(volume.name());
  }

  private static boolean given(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private static Stream<String> ofContainer(Container container) {
    return Stream.concat(
        stream(container.env()).map(References::ofVariable).filter(Objects::nonNull),
        stream(container.envFrom()).map(References::ofSource).filter(Objects::nonNull));
  }

  private static @Nullable String ofVariable(EnvVar variable) {
    var from = variable.valueFrom();
    return from == null || from.secretKeyRef() == null ? null : from.secretKeyRef().name();
  }

  private static @Nullable String ofSource(EnvFrom source) {
    return source.secretRef() == null ? null : source.secretRef().name();
  }

  private static Stream<String> ofVolume(Volume volume) {
    String direct = volume.secret() == null ? null : volume.secret().secretName();
    Stream<String> projected =
        volume.projected() == null
            ? Stream.empty()
            : stream(volume.projected().sources()).map(References::ofProjection).filter(Objects::nonNull);
    return Stream.concat(Stream.ofNullable(direct), projected);
  }

  private static @Nullable String ofProjection(Projection projection) {
    return projection.secret() == null ? null : projection.secret().name();
  }

  private static <E> Stream<E> stream(@Nullable Collection<E> elements) {
    return elements == null ? Stream.empty() : elements.stream();
  }
}
