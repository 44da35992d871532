package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Predicate;

/** GetParametersByPath and DescribeParameters. */
final class ParameterLists {

  private final Policies policies;
  private final Quirks quirks;

  ParameterLists(Policies policies, Quirks quirks) {
    this.policies = policies;
    this.quirks = quirks;
  }

  ObjectNode byPath(Request request, ParameterModel model) {
    String path = request.required("Path");
    policies.check(request.caller(), "ssm:GetParametersByPath", new Resource(model.arn(path), path));
    if (!path.startsWith("/")) {
      throw AwsError.of(
          "ValidationException",
          "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\".");
    }
    boolean recursive = request.flag("Recursive");
    List<ParameterModel.Found> all = model.all().stream().filter(found -> under(found.name(), path, recursive)).toList();
    int max = request.number("MaxResults", 1, 10, 10);
    Page<ParameterModel.Found> page = Page.of(all, request.text("NextToken"), max, "path" + path + recursive, quirks.emptyPages());
    ObjectNode out = SecretJson.object();
    ArrayNode list = out.putArray("Parameters");
    page.items().forEach(found -> list.add(ParameterService.json(model, found, request.flag("WithDecryption"))));
    page.writeToken(out);
    return out;
  }

  ObjectNode described(Request request, ParameterModel model) {
    policies.check(request.caller(), "ssm:DescribeParameters", Resource.ACCOUNT);
    Predicate<ParameterModel.Found> filter = found -> true;
    for (JsonNode node : request.body().path("ParameterFilters")) {
      filter = filter.and(filter(node, model));
    }
    List<ParameterModel.Found> all = model.all().stream().filter(filter).toList();
    int max = request.number("MaxResults", 1, 50, 10);
    String query = "describe" + request.body().path("ParameterFilters");
    Page<ParameterModel.Found> page = Page.of(all, request.text("NextToken"), max, query, quirks.emptyPages());
    ObjectNode out = SecretJson.object();
    ArrayNode list = out.putArray("Parameters");
    page.items().forEach(found -> list.add(metadata(model, found)));
    page.writeToken(out);
    return out;
  }

  private static ObjectNode metadata(ParameterModel model, ParameterModel.Found found) {
    ObjectNode out = SecretJson.object().put("Name", found.name()).put("ARN", model.arn(found.name()));
    out.put("Type", found.version().type()).put("LastModifiedDate", SecretJson.seconds(found.version().modified()));
    return out.put("Version", found.version().number()).put("Tier", "Standard").put("DataType", "text");
  }

  private static Predicate<ParameterModel.Found> filter(JsonNode node, ParameterModel model) {
    String key = node.path("Key").asText();
    String option = node.path("Option").asText("Equals");
    List<String> values = node.path("Values").valueStream().map(JsonNode::asText).toList();
    if (key.startsWith("tag:")) {
      String tag = key.substring("tag:".length());
      return found -> {
        String value = model.tags(found.name()).get(tag);
        return value != null && (values.isEmpty() || values.contains(value));
      };
    }
    return switch (key) {
      case "Path" -> found -> values.stream().anyMatch(path -> under(found.name(), path, option.equals("Recursive")));
      case "Name" -> found -> values.stream().anyMatch(value -> named(found.name(), option, value));
      default ->
          throw AwsError.of(
              "InvalidFilterKey", "The following filter key is not valid: " + key + ". Valid filter keys include: [Path, Name, tag:*].");
    };
  }

  private static boolean named(String name, String option, String value) {
    return switch (option) {
      case "BeginsWith" -> name.startsWith(value);
      case "Contains" -> name.contains(value);
      default -> name.equals(value);
    };
  }

  private static boolean under(String name, String path, boolean recursive) {
    String folder = path.endsWith("/") ? path : path + "/";
    return name.startsWith(folder) && (recursive || name.indexOf('/', folder.length()) < 0);
  }
}
