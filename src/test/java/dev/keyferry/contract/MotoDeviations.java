package dev.keyferry.contract;

import java.util.Map;

/** Where moto 5.2.1 is known to differ from AWS. The suite proves that it still does: what moto mends must be taken off this list. */
final class MotoDeviations {

  /** Reason by rule. */
  static final Map<Rule, String> KNOWN =
      Map.ofEntries(
          Map.entry(Rule.CLIENT_ERRORS_ARE_400, "ResourceNotFoundException comes with 404"),
          Map.entry(Rule.MISSING_STAGE_TEXT, "the text is that of a missing secret"),
          Map.entry(Rule.MARKED_FOR_DELETION_TEXT, "its text is 'An error occurred (InvalidRequestException) … marked deleted'"),
          Map.entry(Rule.DEFAULT_READ_FOLLOWS_CURRENT, "UpdateSecretVersionStage leaves the default version where it was"),
          Map.entry(Rule.BATCH_FOLLOWS_CURRENT, "BatchGetSecretValue reads the default version too, and takes no stage"),
          Map.entry(Rule.BATCH_LIMIT, "any number of ids is taken"),
          Map.entry(Rule.BATCH_SURVIVES_EMPTY_SECRET, "only missing and marked secrets are collected, any other error ends the call"),
          Map.entry(Rule.LIST_SORTS_BY_CHANGE, "SortBy and SortOrder are ignored"),
          Map.entry(Rule.DELETION_IS_A_CHANGE, "LastChangedDate stays where it was"),
          Map.entry(Rule.ONLY_LABELLED_VERSIONS_ARE_LISTED, "versions that lost their labels stay with an empty list"),
          Map.entry(Rule.UNKNOWN_KEYS_ARE_REFUSED, "signatures and keys are not looked at"),
          Map.entry(Rule.WEB_IDENTITY_IS_VERIFIED, "the token is not looked at"));

  private MotoDeviations() {}
}
