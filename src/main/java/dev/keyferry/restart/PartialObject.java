package dev.keyferry.restart;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * An object of the API with the fields that are read and no others. Most of a workload is its pod template, most of that is of no concern to
 * a restart, and to have it all as objects costs more than everything else that a watch does.
 *
 * @param <S> what is read of its spec
 * @param <T> what is read of its status
 */
@JsonDeserialize(using = JsonDeserializer.None.class)
@JsonIgnoreProperties(ignoreUnknown = true)
abstract class PartialObject<S extends Serializable, T extends Serializable> implements HasMetadata, Namespaced {

  private static final long serialVersionUID = 1;

  private ObjectMeta metadata = new ObjectMeta();
  private @Nullable S spec;
  private @Nullable T status;

  /** A part of which nothing is read. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Unread() implements Serializable {}

  @Override
  public ObjectMeta getMetadata() {
    return metadata;
  }

  @Override
  @JsonIgnoreProperties({"managedFields", "labels", "finalizers"})
  public void setMetadata(ObjectMeta metadata) {
    this.metadata = metadata;
  }

  /** The class says it. */
  @Override
  public void setApiVersion(String version) {}

  public @Nullable S getSpec() {
    return spec;
  }

  public void setSpec(@Nullable S spec) {
    this.spec = spec;
  }

  public @Nullable T getStatus() {
    return status;
  }

  public void setStatus(@Nullable T status) {
    this.status = status;
  }
}
