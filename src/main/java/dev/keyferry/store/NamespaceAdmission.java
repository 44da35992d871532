package dev.keyferry.store;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.keyferry.api.v1.StoreCondition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether the conditions of a ClusterSecretStore admit a namespace. Regular expressions are matched against the whole name in linear time;
 * External Secrets Operator's are unanchored, so that its {@code team-a} also admits {@code not-team-a}. A namespace without any label is
 * one that is not known yet, since Kubernetes labels each with its name; no selector admits it.
 */
final class NamespaceAdmission {

  private NamespaceAdmission() {}

  /** True when there is no condition, or one of them admits the namespace. */
  static boolean admits(List<StoreCondition> conditions, String namespace, Map<String, String> labels) {
    return conditions.isEmpty() || !admitting(conditions, namespace, labels).isEmpty();
  }

  /** The conditions that admit the namespace. */
  static List<StoreCondition> admitting(List<StoreCondition> conditions, String namespace, Map<String, String> labels) {
    return conditions.stream().filter(condition -> admits(condition, namespace, labels)).toList();
  }

  /** The first regular expression that is none, or null. */
  static @Nullable String firstBadRegex(List<StoreCondition> conditions) {
    for (StoreCondition condition : conditions) {
      for (String regex : condition.namespaceRegexes()) {
        try {
          Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
          return regex;
        }
      }
    }
    return null;
  }

  private static boolean admits(StoreCondition condition, String namespace, Map<String, String> labels) {
    return condition.namespaces().contains(namespace)
        || condition.namespaceRegexes().stream().anyMatch(regex -> Pattern.matches(regex, namespace))
        || (condition.namespaceSelector() != null && !labels.isEmpty() && matches(condition.namespaceSelector(), labels));
  }

  private static boolean matches(LabelSelector selector, Map<String, String> labels) {
    Map<String, String> exact = selector.getMatchLabels() == null ? Map.of() : selector.getMatchLabels();
    List<LabelSelectorRequirement> requirements = selector.getMatchExpressions() == null ? List.of() : selector.getMatchExpressions();
    return exact.entrySet().stream().allMatch(e -> Objects.equals(labels.get(e.getKey()), e.getValue()))
        && requirements.stream().allMatch(requirement -> matches(requirement, labels));
  }

  private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
    String value = labels.get(requirement.getKey());
    List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case null, default -> false;
    };
  }
}
