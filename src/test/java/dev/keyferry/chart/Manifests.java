package dev.keyferry.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Kubernetes objects, in the order in which they were written.
 *
 * @param objects each with its kind and metadata
 */
record Manifests(List<JsonNode> objects) {

  private static final YAMLMapper YAML = new YAMLMapper();

  /** Reads documents that are separated by {@code ---}; empty ones are left out. */
  static Manifests parse(String yaml) {
    try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class).readValues(yaml)) {
      return new Manifests(documents.readAll().stream().filter(JsonNode::isObject).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file. */
  static Manifests read(Path file) {
    return parse(readText(file));
  }

  /** Reads a file as it is. */
  static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads what a {@code kustomization.yaml} lists, folder by folder; it must do nothing else than list. */
  static Manifests kustomization(Path folder) {
    JsonNode root = read(folder.resolve("kustomization.yaml")).objects().getFirst();
    List<String> fields = stream(root.fieldNames());
    if (!fields.equals(List.of("apiVersion", "kind", "resources"))) {
      throw new IllegalStateException("a kustomization that transforms cannot be read here: " + fields);
    }
    return new Manifests(texts(root.path("resources")).stream().flatMap(name -> resource(folder.resolve(name))).toList());
  }

  private static Stream<JsonNode> resource(Path path) {
    return (Files.isDirectory(path) ? kustomization(path) : read(path)).objects().stream();
  }

  /** Those of one kind. */
  List<JsonNode> ofKind(String kind) {
    return objects.stream().filter(o -> kind.equals(o.path("kind").asText())).toList();
  }

  /** The only one of its kind. */
  JsonNode only(String kind) {
    List<JsonNode> found = ofKind(kind);
    if (found.size() != 1) {
      throw new AssertionError("expected one " + kind + ", found " + found.size());
    }
    return found.getFirst();
  }

  /** The one of this kind and name. */
  JsonNode named(String kind, String name) {
    return ofKind(kind).stream()
        .filter(o -> name.equals(name(o)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }

  /** The Deployment's only container. */
  JsonNode container() {
    JsonNode containers = only("Deployment").at("/spec/template/spec/containers");
    if (containers.size() != 1) {
      throw new AssertionError("expected one container, found " + containers.size());
    }
    return containers.get(0);
  }

  /** An object's name. */
  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  /** The texts of a list. */
  static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static List<String> stream(Iterator<String> names) {
    Iterable<String> once = () -> names;
    return StreamSupport.stream(once.spliterator(), false).toList();
  }
}
