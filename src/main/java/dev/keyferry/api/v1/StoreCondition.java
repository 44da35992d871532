package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Admits namespaces to a ClusterSecretStore; its three parts are alternatives.
 *
 * @param namespaces names
 * @param namespaceSelector selects by the Namespace's labels; null selects none
 * @param namespaceRegexes anchored, linear-time regular expressions over names
 * @param allowedKeys prefixes of the names of sources that the namespaces admitted by this entry may read; empty means all
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StoreCondition(
    @JsonPropertyDescription("Namespaces by name.") @Size(max = 500) List<@Size(min = 1, max = 63) String> namespaces,
    @JsonPropertyDescription("Namespaces by label.") @Nullable LabelSelector namespaceSelector,
    @JsonPropertyDescription("Namespaces by regular expression, matched against the whole name.") @Size(max = 50)
        List<@Size(min = 1, max = 256) String> namespaceRegexes,
    @JsonPropertyDescription(
            "What the namespaces of this entry may read: sources whose names begin with one of these prefixes and go on behind a delimiter."
                + " Left out: whatever the store's identity may.")
        @Size(max = 100)
        List<@Size(min = 1, max = 512) String> allowedKeys) {

  /** A condition without {@code allowedKeys}. */
  public StoreCondition(List<String> namespaces, @Nullable LabelSelector namespaceSelector, List<String> namespaceRegexes) {
    this(namespaces, namespaceSelector, namespaceRegexes, List.of());
  }

  /** Lists are never null and never change. */
  public StoreCondition {
    namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
    namespaceRegexes = namespaceRegexes == null ? List.of() : List.copyOf(namespaceRegexes);
    allowedKeys = allowedKeys == null ? List.of() : List.copyOf(allowedKeys);
  }
}
