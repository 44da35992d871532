package dev.keyferry.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceColumnDefinitionBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.CustomResource;
import java.lang.reflect.ParameterizedType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Gives a generated definition what the generator has no annotation for. */
record CrdFinish(Class<? extends CustomResource<?, ?>> kind) {

  private static final String SELECTOR_FIELD = "namespaceSelector";

  CustomResourceDefinition apply(CustomResourceDefinition crd) {
    crd.getMetadata().setLabels(Map.of("app.kubernetes.io/name", "keyferry"));
    crd.getSpec().getVersions().forEach(this::finish);
    return crd;
  }

  private void finish(CustomResourceDefinitionVersion version) {
    version.setAdditionalPrinterColumns(columns());
    var schema = version.getSchema().getOpenAPIV3Schema();
    var properties = new TreeMap<>(schema.getProperties());
    properties.putAll(StandardSchemas.objectFields());
    schema.setProperties(properties);
    schema.setDescription(describe(kind));
    properties.get("spec").setDescription(describe(typeArgument(0)));
    properties.get("status").setDescription(describe(typeArgument(1)));
    walk(properties.get("spec"));
    walk(properties.get("status"));
    properties.get("status").getProperties().computeIfPresent("conditions", (_, list) -> mapByType(list));
  }

  private void walk(JSONSchemaProps schema) {
    schema.setDefault(null);
    schema.setXKubernetesValidations(new ArrayList<>(new LinkedHashSet<>(schema.getXKubernetesValidations())));
    if ("integer".equals(schema.getType())) {
      schema.setFormat("int64");
    }
    if (schema.getItems() != null) {
      schema.setXKubernetesListType("atomic");
      walk(schema.getItems().getSchema());
    }
    if (schema.getProperties() != null) {
      schema.getProperties().replaceAll((name, field) -> name.equals(SELECTOR_FIELD) ? StandardSchemas.labelSelector(field) : field);
      schema.getProperties().entrySet().stream().filter(e -> !e.getKey().equals(SELECTOR_FIELD)).forEach(e -> walk(e.getValue()));
    }
  }

  private static JSONSchemaProps mapByType(JSONSchemaProps conditions) {
    conditions.setXKubernetesListType("map");
    conditions.setXKubernetesListMapKeys(List.of("type"));
    return conditions;
  }

  /** In the order of the annotations (the generator sorts them by path), with the age last. */
  private List<CustomResourceColumnDefinition> columns() {
    var columns = new ArrayList<CustomResourceColumnDefinition>();
    Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class)).map(CrdFinish::column).forEach(columns::add);
    columns.add(
        new CustomResourceColumnDefinitionBuilder().withName("Age").withType("date").withJsonPath(".metadata.creationTimestamp").build());
    return columns;
  }

  private static CustomResourceColumnDefinition column(AdditionalPrinterColumn annotation) {
    return new CustomResourceColumnDefinitionBuilder()
        .withName(annotation.name())
        .withType(annotation.type().name().toLowerCase(Locale.ROOT))
        .withJsonPath(annotation.jsonPath())
        .build();
  }

  /** The spec's record (0) or the status's (1). */
  private Class<?> typeArgument(int index) {
    return (Class<?>) ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments()[index];
  }

  private static String describe(Class<?> type) {
    var description = type.getAnnotation(JsonClassDescription.class);
    if (description == null) {
      throw new IllegalStateException(type.getName() + " needs a @JsonClassDescription, which kubectl explain shows");
    }
    return description.value();
  }
}
