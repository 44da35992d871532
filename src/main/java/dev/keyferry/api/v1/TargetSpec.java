package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How the target is written. Policies are words of External Secrets Operator; see its guide "ownership and deletion policy".
 *
 * @param name the Secret's name; null means the ExternalSecret's
 * @param creationPolicy {@code Owner} (also when null), {@code Orphan}, {@code Merge}, {@code None} or {@code CreateOrMerge}
 * @param deletionPolicy {@code Retain} (also when null), {@code Delete} or {@code Merge}
 * @param immutable true makes the Secret immutable; a later change of its sources is then refused
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.name) || self.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$')",
    message = "target.name must be a valid Secret name: lower case letters, digits, '-' and '.'",
    fieldPath = ".name")
@ValidationRule(
    value = "!has(self.creationPolicy) || self.creationPolicy in ['Owner', 'Orphan', 'Merge', 'None', 'CreateOrMerge']",
    message = "target.creationPolicy must be Owner, Orphan, Merge, None or CreateOrMerge",
    fieldPath = ".creationPolicy")
@ValidationRule(
    value = "!has(self.deletionPolicy) || self.deletionPolicy in ['Retain', 'Delete', 'Merge']",
    message = "target.deletionPolicy must be Retain, Delete or Merge",
    fieldPath = ".deletionPolicy")
@ValidationRule(
    value =
        "!has(self.deletionPolicy) || self.deletionPolicy != 'Delete' || !has(self.creationPolicy) || !(self.creationPolicy in ['Merge',"
            + " 'None', 'CreateOrMerge'])",
    message = "target.deletionPolicy Delete needs creationPolicy Owner or Orphan: a Secret that is shared with others is never deleted",
    fieldPath = ".deletionPolicy")
@ValidationRule(
    value = "!has(self.deletionPolicy) || self.deletionPolicy != 'Merge' || !has(self.creationPolicy) || self.creationPolicy != 'None'",
    message = "target.deletionPolicy Merge has no meaning with creationPolicy None",
    fieldPath = ".deletionPolicy")
public record TargetSpec(
    @JsonPropertyDescription("Name of the Secret. Left out: this object's name.") @Size(min = 1, max = 253) @Nullable String name,
    @JsonPropertyDescription(
            "Owner (also when left out): create the Secret and own it, so that it goes when this object goes. Orphan: create it and leave it"
                + " behind. Merge: add keys to a Secret that exists. CreateOrMerge: the same, and create it where it is missing. None: read the"
                + " sources, write nothing.")
        @Size(max = 32)
        @Nullable String creationPolicy,
    @JsonPropertyDescription(
            "What happens when a source is gone from AWS. Retain (also when left out): keep the target and report. Delete: delete the Secret"
                + " once every source is confirmed missing. Merge: remove the missing sources' keys.")
        @Size(max = 32)
        @Nullable String deletionPolicy,
    @JsonPropertyDescription("true makes the Secret immutable: it is written once and a later change of its sources is reported, not written.")
        @Nullable Boolean immutable) {

  /** What a target means that is not written at all. */
  public static final TargetSpec DEFAULT = new TargetSpec(null, null, null, null);
}
