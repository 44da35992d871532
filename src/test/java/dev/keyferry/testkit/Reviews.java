package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Answers "may I?": everybody may do everything here. */
final class Reviews {

  /** The kinds of reviews by their plurals. */
  static final Map<String, String> PLURALS =
      Map.of("selfsubjectaccessreviews", "SelfSubjectAccessReview", "selfsubjectrulesreviews", "SelfSubjectRulesReview");

  private Reviews() {}

  /** The review with its answer. */
  static ObjectNode answer(ObjectNode review, String plural) {
    ObjectNode answer = review.deepCopy();
    ObjectNode status = answer.putObject("status");
    if (plural.equals("selfsubjectrulesreviews")) {
      ObjectNode rule = status.put("incomplete", false).putArray("resourceRules").addObject();
      for (String field : new String[] {"verbs", "apiGroups", "resources"}) {
        ArrayNode all = rule.putArray(field);
        all.add("*");
      }
      ObjectNode nonResource = status.putArray("nonResourceRules").addObject();
      nonResource.putArray("verbs").add("*");
      nonResource.putArray("nonResourceURLs").add("*");
    } else {
      status.put("allowed", true);
    }
    return answer;
  }
}
