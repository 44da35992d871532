package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Several keys of the target at once: either a source whose JSON fields all become keys, or every source that a search finds.
 *
 * @param extract the source; its value must be a JSON object
 * @param find the search; each source's whole value stands under its name
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(value = "has(self.extract) != has(self.find)", message = "dataFrom[] must hold either extract or find")
public record DataFromEntry(
    @JsonPropertyDescription("Every field of this remote secret's JSON object becomes a key of the target.") @Nullable RemoteRef extract,
    @JsonPropertyDescription(
            "Every remote secret that is found becomes a key of the target with its whole value. The key is its full name; characters that"
                + " no key may hold become '_'.")
        @Nullable FindSpec find) {

  /** Takes the fields of that source. */
  public DataFromEntry(RemoteRef extract) {
    this(extract, null);
  }
}
