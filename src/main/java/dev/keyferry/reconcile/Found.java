package dev.keyferry.reconcile;

import dev.keyferry.fetch.Answer;
import dev.keyferry.fetch.FindAnswer;
import dev.keyferry.render.RenderItem;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.store.AllowedKeys;
import dev.keyferry.write.DeletionPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What a spec's searches lead to. Pure. */
sealed interface Found {

  /** What no key of a Secret may hold; External Secrets Operator's conversion strategy {@code Default} replaces the same. */
  Pattern ILLEGAL = Pattern.compile("[^-._a-zA-Z0-9]");

  /**
   * Everything that is to be read is known.
   *
   * @param spec the spec, with an item for each source that was found
   */
  record Known(SyncSpec.Valid spec) implements Found {}

  /**
   * A search found nothing or failed; the target stays.
   *
   * @param failures why, in the order of the spec
   */
  record Unknown(List<Answer.Failed> failures) implements Found {}

  /**
   * Two names that were found would be one key; the target stays.
   *
   * @param message names both
   */
  record Collides(String message) implements Found {}

  /**
   * The namespace may read nothing that a search found; the target stays.
   *
   * @param message which search
   */
  record Forbidden(String message) implements Found {}

  /** Decides for the answers; what the namespace may not read is left out, as is what the store's prefix does not cover. */
  static Found of(SyncSpec.Valid spec, AllowedKeys allowed, Map<FindQuery, FindAnswer> answers) {
    List<RenderItem> items = new ArrayList<>();
    List<Answer.Failed> failures = new ArrayList<>();
    int taken = 0;
    for (SyncSpec.Search search : spec.searches()) {
      items.addAll(spec.items().subList(taken, search.position()));
      taken = search.position();
      switch (answers.get(search.query())) {
        case FindAnswer.Failed failed -> {
          if (!failed.confirmedMissing() || spec.deletion() == DeletionPolicy.RETAIN) {
            failures.add(failed.asAnswer());
          }
        }
        case FindAnswer.Ready(List<String> found) -> {
          List<String> names = found.stream().filter(name -> allowed.admitsName(search.query().service(), name)).toList();
          if (names.isEmpty()) {
            return new Forbidden(
                "the store lets this namespace read nothing that find(" + search.query().text() + ") finds: its conditions[].allowedKeys are "
                    + String.join(", ", allowed.prefixes()));
          }
          Map<String, String> keys = new HashMap<>();
          for (String name : names) {
            String key = ILLEGAL.matcher(name).replaceAll("_");
            String other = keys.put(key, name);
            if (other != null) {
              return new Collides(
                  "dataFrom[].find finds " + other + " and " + name + ", which would both be key " + key
                      + " of the target. Narrow the search, or take one of them with data[].");
            }
            items.add(new RenderItem.Single(key, new SourceRef(search.query().service(), name, VersionSelector.CURRENT), null));
          }
        }
      }
    }
    if (!failures.isEmpty()) {
      return new Unknown(failures);
    }
    items.addAll(spec.items().subList(taken, spec.items().size()));
    return new Known(spec.withItems(items));
  }
}
