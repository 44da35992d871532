package dev.keyferry.crds;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import java.util.List;
import java.util.Map;

/** Schemas of Kubernetes' own types, with the descriptions and bounds that their Java classes do not carry. */
final class StandardSchemas {

  private static final int LABEL_KEY = 317;
  private static final int LABEL_VALUE = 63;
  private static final long LABELS = 64;

  private StandardSchemas() {}

  /** The fields beside spec and status. */
  static Map<String, JSONSchemaProps> objectFields() {
    return Map.of(
        "apiVersion", text("Version of the schema of this object.", 64),
        "kind", text("What this object is.", 64),
        "metadata", new JSONSchemaPropsBuilder().withType("object").build());
  }

  /** {@code metav1.LabelSelector}; what the server refuses in one, a condition reports. */
  static JSONSchemaProps labelSelector(JSONSchemaProps generated) {
    return new JSONSchemaPropsBuilder()
        .withType("object")
        .withDescription(generated.getDescription())
        .withXKubernetesMapType("atomic")
        .addToProperties("matchExpressions", matchExpressions())
        .addToProperties("matchLabels", matchLabels())
        .build();
  }

  private static JSONSchemaProps matchLabels() {
    return new JSONSchemaPropsBuilder()
        .withType("object")
        .withDescription("Labels with the value that each must have; all must hold.")
        .withMaxProperties(LABELS)
        .withNewAdditionalProperties()
        .withSchema(new JSONSchemaPropsBuilder().withType("string").withMaxLength((long) LABEL_VALUE).build())
        .endAdditionalProperties()
        .build();
  }

  private static JSONSchemaProps matchExpressions() {
    var expression =
        new JSONSchemaPropsBuilder()
            .withType("object")
            .addToProperties("key", text("The label's name.", LABEL_KEY))
            .addToProperties("operator", text("In, NotIn, Exists or DoesNotExist.", 32))
            .addToProperties(
                "values",
                list(
                    "The values of In and NotIn; none with Exists and DoesNotExist.",
                    new JSONSchemaPropsBuilder().withType("string").withMaxLength((long) LABEL_VALUE).build()))
            .withRequired(List.of("key", "operator"))
            .build();
    return list("Requirements on labels; all must hold.", expression);
  }

  private static JSONSchemaProps list(String description, JSONSchemaProps item) {
    return new JSONSchemaPropsBuilder()
        .withType("array")
        .withDescription(description)
        .withMaxItems(LABELS)
        .withXKubernetesListType("atomic")
        .withNewItems()
        .withSchema(item)
        .endItems()
        .build();
  }

  private static JSONSchemaProps text(String description, long maxLength) {
    return new JSONSchemaPropsBuilder().withType("string").withDescription(description).withMaxLength(maxLength).build();
  }
}
