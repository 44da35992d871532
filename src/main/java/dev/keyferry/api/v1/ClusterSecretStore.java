package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A way into AWS for the ExternalSecrets of every namespace that its conditions admit. */
@JsonClassDescription("A way into AWS for the ExternalSecrets of every namespace that its conditions admit.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("ClusterSecretStore")
@Plural("clustersecretstores")
@ShortNames("css")
@Categories("keyferry")
@AdditionalPrinterColumn(name = "Region", jsonPath = ".spec.provider.aws.region", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Detection", jsonPath = ".status.changeDetection.mode", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Identity", jsonPath = ".status.identity", type = AdditionalPrinterColumn.Type.STRING)
public class ClusterSecretStore extends CustomResource<ClusterSecretStoreSpec, StoreStatus> {

  @Override
  @Required
  public ClusterSecretStoreSpec getSpec() {
    return super.getSpec();
  }
}
