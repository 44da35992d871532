package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crd.generator.annotation.AdditionalSelectableField;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** Asks that values from AWS stand in a Kubernetes Secret of the same namespace, its target. */
@JsonClassDescription(
    "Asks that values from AWS Secrets Manager or Parameter Store stand in a Kubernetes Secret of the same namespace, and stay current.")
@Group(ApiGroup.NAME)
@Version(ApiGroup.VERSION)
@Kind("ExternalSecret")
@Plural("externalsecrets")
@ShortNames("es")
@Categories("keyferry")
@AdditionalSelectableField(jsonPath = ".spec.secretStoreRef.name")
@AdditionalSelectableField(jsonPath = ".spec.secretStoreRef.kind")
@AdditionalSelectableField(jsonPath = ".spec.target.name")
@AdditionalSelectableField(jsonPath = ".spec.refreshInterval")
@AdditionalPrinterColumn(name = "Store", jsonPath = ".spec.secretStoreRef.name", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason",
    type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Refresh", jsonPath = ".spec.refreshInterval", type = AdditionalPrinterColumn.Type.STRING)
@AdditionalPrinterColumn(name = "Last change", jsonPath = ".status.lastChangedTime", type = AdditionalPrinterColumn.Type.DATE)
public class ExternalSecret extends CustomResource<ExternalSecretSpec, ExternalSecretStatus> implements Namespaced {

  @Override
  @Required
  public ExternalSecretSpec getSpec() {
    return super.getSpec();
  }
}
