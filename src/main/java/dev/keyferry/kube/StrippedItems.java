package dev.keyferry.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Keeps what one informer sees, stripped, in a map that it may share with informers of other namespaces. */
final class StrippedItems<T extends HasMetadata> implements ItemStore<T> {

  private final Map<String, T> items;
  private final UnaryOperator<T> strip;
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  StrippedItems(Map<String, T> items, UnaryOperator<T> strip) {
    this.items = items;
    this.strip = strip;
  }

  static String key(@Nullable String namespace, String name) {
    return namespace == null ? name : namespace + "/" + name;
  }

  @Override
  public String getKey(T object) {
    return key(object.getMetadata().getNamespace(), object.getMetadata().getName());
  }

  @Override
  public @Nullable T put(String key, T object) {
    own.add(key);
    return items.put(key, strip.apply(object));
  }

  @Override
  public @Nullable T remove(String key) {
    own.remove(key);
    return items.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return new HashSet<>(own).stream();
  }

  @Override
  public Stream<T> values() {
    return keySet().map(items::get).filter(item -> item != null);
  }

  @Override
  public int size() {
    return own.size();
  }

  @Override
  public @Nullable T get(String key) {
    return items.get(key);
  }
}
