package dev.keyferry.kube;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/**
 * JSON whose field names are read as they come. Jackson would keep every name it meets in one shared table and copy that table for each new
 * one; among the names of Kubernetes' objects are annotations, keys of Secrets and all of {@code managedFields}, so that new ones never cease.
 */
public final class LeanJson {

  private LeanJson() {}

  /** A new mapper. */
  public static ObjectMapper mapper() {
    return new ObjectMapper(
        new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build());
  }

  /** What a Kubernetes client reads and writes objects with; it loads the classes of the kinds that are asked for, not of all there are. */
  public static KubernetesSerialization serialization() {
    return new KubernetesSerialization(mapper(), false);
  }
}
