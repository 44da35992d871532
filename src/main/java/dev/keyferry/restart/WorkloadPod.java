package dev.keyferry.restart;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod, of which the metadata tells most. */
@Group("")
@Version("v1")
@Kind("Pod")
@Plural("pods")
final class WorkloadPod extends PartialObject<PartialObject.Unread, WorkloadPod.Status> {

  private static final long serialVersionUID = 1;

  /** Where it is in its life. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Status(@Nullable String phase, @Nullable List<Condition> conditions) implements Serializable {}

  /** What kubelet says of it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Condition(@Nullable String type, @Nullable String status) implements Serializable {}
}
