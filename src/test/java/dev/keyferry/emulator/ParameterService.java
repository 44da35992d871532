package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Parameter Store's operations, region by region. */
final class ParameterService implements JsonService {

  private static final Set<String> TYPES = Set.of("String", "StringList", "SecureString");

  private final Function<String, ParameterModel> regions;
  private final Policies policies;
  private final ParameterLists lists;

  ParameterService(Function<String, ParameterModel> regions, Policies policies, Quirks quirks) {
    this.regions = regions;
    this.policies = policies;
    this.lists = new ParameterLists(policies, quirks);
  }

  @Override
  public ObjectNode handle(Request request) {
    ParameterModel model = regions.apply(request.region());
    return switch (request.operation()) {
      case "PutParameter" -> put(request, model);
      case "GetParameter" -> get(request, model);
      case "GetParameters" -> getAll(request, model);
      case "GetParametersByPath" -> lists.byPath(request, model);
      case "DescribeParameters" -> lists.described(request, model);
      case "AddTagsToResource" -> tag(request, model);
      case "LabelParameterVersion" -> label(request, model);
      case "DeleteParameter" -> delete(request, model);
      default -> throw AwsError.of("UnknownOperationException", "");
    };
  }

  private void check(Request request, ParameterModel model, String id) {
    ParameterModel.Selector selector = model.selector(id);
    Resource on = new Resource(model.arn(selector.name()), selector.name());
    policies.check(request.caller(), "ssm:" + request.operation(), on);
  }

  private ObjectNode put(Request request, ParameterModel model) {
    String name = request.required("Name");
    check(request, model, name);
    String type = request.text("Type");
    if (type != null && !TYPES.contains(type)) {
      throw AwsError.validation(type, "type", "Member must satisfy enum value set: [SecureString, StringList, String]");
    }
    long version = model.put(name, request.required("Value"), type, request.flag("Overwrite"));
    return SecretJson.object().put("Version", version).put("Tier", "Standard");
  }

  private ObjectNode get(Request request, ParameterModel model) {
    String id = request.required("Name");
    check(request, model, id);
    ParameterModel.Found found = model.require(id);
    ObjectNode out = SecretJson.object();
    out.set("Parameter", json(model, found, request.flag("WithDecryption")));
    return out;
  }

  private ObjectNode getAll(Request request, ParameterModel model) {
    List<String> ids = request.texts("Names");
    if (ids.isEmpty() || ids.size() > 10) {
      String bound = ids.isEmpty() ? "greater than or equal to 1" : "less than or equal to 10";
      throw AwsError.validation(ids, "names", "Member must have length " + bound);
    }
    ids.forEach(id -> check(request, model, id));
    ObjectNode out = SecretJson.object();
    ArrayNode parameters = out.putArray("Parameters");
    ArrayNode invalid = out.putArray("InvalidParameters");
    for (String id : ids.stream().sorted().distinct().toList()) {
      Optional<ParameterModel.Found> found = model.find(id);
      found.ifPresentOrElse(it -> parameters.add(json(model, it, request.flag("WithDecryption"))), () -> invalid.add(id));
    }
    return out;
  }

  private ObjectNode label(Request request, ParameterModel model) {
    String name = request.required("Name");
    check(request, model, name);
    long version = request.has("ParameterVersion") ? request.body().path("ParameterVersion").asLong() : 0;
    ObjectNode out = SecretJson.object();
    ArrayNode invalid = out.putArray("InvalidLabels");
    request.texts("Labels").stream().filter(label -> !ParameterModel.validLabel(label)).forEach(invalid::add);
    List<String> labels = request.texts("Labels").stream().filter(ParameterModel::validLabel).toList();
    return out.put("ParameterVersion", model.label(name, version, labels));
  }

  private ObjectNode tag(Request request, ParameterModel model) {
    String name = request.required("ResourceId");
    check(request, model, name);
    model.tag(name, request.tags());
    return SecretJson.object();
  }

  private ObjectNode delete(Request request, ParameterModel model) {
    String name = request.required("Name");
    check(request, model, name);
    model.delete(name);
    return SecretJson.object();
  }

  static ObjectNode json(ParameterModel model, ParameterModel.Found found, boolean decrypted) {
    ParameterModel.Version version = found.version();
    boolean hidden = version.type().equals("SecureString") && !decrypted;
    ObjectNode out = SecretJson.object().put("Name", found.name()).put("Type", version.type());
    out.put("Value", hidden ? "AQICAHencrypted" : version.value()).put("Version", version.number());
    if (!found.selector().isEmpty()) {
      out.put("Selector", found.selector());
    }
    out.put("LastModifiedDate", SecretJson.seconds(version.modified()));
    return out.put("ARN", model.arn(found.name())).put("DataType", "text");
  }
}
