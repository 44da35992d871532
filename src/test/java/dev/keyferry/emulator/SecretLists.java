package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** ListSecrets and ListSecretVersionIds. */
final class SecretLists {

  private final SecretAccess access;
  private final Quirks quirks;

  SecretLists(SecretAccess access, Quirks quirks) {
    this.access = access;
    this.quirks = quirks;
  }

  ObjectNode secrets(Request request, SecretModel model) {
    access.onAccount(request, "ListSecrets");
    int max = request.number("MaxResults", 1, 100, 100);
    SecretFilters filters = SecretFilters.of(request);
    Comparator<StoredSecret> order = order(request);
    boolean marked = request.flag("IncludePlannedDeletion");
    List<StoredSecret> all =
        model.listed().stream().filter(s -> marked || !s.marked()).filter(filters::match).sorted(order).toList();
    String query = "list" + filters + request.text("SortBy") + request.text("SortOrder") + marked;
    Page<StoredSecret> page = Page.of(all, request.text("NextToken"), max, query, quirks.emptyPages());
    ObjectNode out = SecretJson.object();
    ArrayNode list = out.putArray("SecretList");
    page.items().forEach(secret -> list.add(SecretJson.listed(secret)));
    page.writeToken(out);
    return out;
  }

  private static Comparator<StoredSecret> order(Request request) {
    Comparator<StoredSecret> ascending = by(request.text("SortBy"));
    String order = request.text("SortOrder");
    if (order == null || order.equals("asc")) {
      return ascending;
    }
    if (order.equals("desc")) {
      return ascending.reversed();
    }
    throw AwsError.validation(order, "sortOrder", "Member must satisfy enum value set: [asc, desc]");
  }

  private static Comparator<StoredSecret> by(@Nullable String sortBy) {
    return switch (sortBy == null ? "created-date" : sortBy) {
      case "created-date" -> Comparator.comparing(StoredSecret::created);
      case "last-changed-date" -> Comparator.comparing(StoredSecret::changed);
      case "last-accessed-date" -> Comparator.comparing(StoredSecret::created);
      case "name" -> Comparator.comparing(StoredSecret::name);
      default ->
          throw AwsError.validation(
              sortBy, "sortBy", "Member must satisfy enum value set: [created-date, last-accessed-date, last-changed-date, name]");
    };
  }

  ObjectNode versions(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "ListSecretVersionIds", id, model);
    StoredSecret secret = model.require(id);
    boolean deprecated = request.flag("IncludeDeprecated");
    List<SecretVersion> all =
        secret.versions().byId().values().stream().filter(version -> deprecated || !version.stages().isEmpty()).toList();
    int max = request.number("MaxResults", 1, 100, 100);
    Page<SecretVersion> page = Page.of(all, request.text("NextToken"), max, "versions" + id + deprecated, false);
    ObjectNode out = SecretJson.identified(secret);
    ArrayNode list = out.putArray("Versions");
    page.items().forEach(version -> list.add(version(version)));
    page.writeToken(out);
    return out;
  }

  private static ObjectNode version(SecretVersion version) {
    ObjectNode out = SecretJson.object().put("VersionId", version.id());
    if (!version.stages().isEmpty()) {
      SecretJson.stages(out.putArray("VersionStages"), version);
    }
    return out.put("CreatedDate", SecretJson.seconds(version.created()));
  }
}
