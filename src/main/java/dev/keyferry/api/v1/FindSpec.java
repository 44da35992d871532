package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sources to find. All that is given must hold.
 *
 * @param path what a secret's name begins with, or the hierarchy that a parameter stands in; null for anywhere
 * @param name what a name must match; null for any
 * @param tags tags that a source must have, by key; never null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.path) || has(self.name) || has(self.tags)", message = "dataFrom[].find must hold path, name or tags")
public record FindSpec(
    @JsonPropertyDescription(
            "Secrets Manager: what the secret's name begins with. Parameter Store: the hierarchy that the parameter stands in, such as"
                + " /prod/shop.")
        @Size(min = 1, max = 1024)
        @Nullable String path,
    @JsonPropertyDescription("What the whole name must match.") @Nullable FindName name,
    @JsonPropertyDescription("Tags that the source must have, each with that value.") @Size(max = 20)
        Map<String, @Size(max = 256) String> tags) {

  /** The map is never null and never changes. */
  public FindSpec {
    tags = tags == null ? Map.of() : Map.copyOf(tags);
  }
}
