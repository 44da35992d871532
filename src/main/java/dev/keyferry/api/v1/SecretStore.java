package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A way into AWS for the ExternalSecrets of its own namespace. */
@JsonClassDescription("A way into AWS for the ExternalSecrets of its own namespace.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("SecretStore")
@Plural("secretstores")
@ShortNames("ss")
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
public class SecretStore extends CustomResource<SecretStoreSpec, StoreStatus> implements Namespaced {

  @Override
  @Required
  public SecretStoreSpec getSpec() {
    return super.getSpec();
  }
}
