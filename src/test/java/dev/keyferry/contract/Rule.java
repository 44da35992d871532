package dev.keyferry.contract;

/** The rules of the contract that some emulator is known to break. */
enum Rule {
  /** A client error of a JSON service has status 400. */
  CLIENT_ERRORS_ARE_400,
  /** A missing stage of a secret that exists is named in the text. */
  MISSING_STAGE_TEXT,
  /** A read of a secret that is marked for deletion says so in AWS's words. */
  MARKED_FOR_DELETION_TEXT,
  /** A read without a stage answers with AWSCURRENT after it was moved. */
  DEFAULT_READ_FOLLOWS_CURRENT,
  /** A batch answers with AWSCURRENT after it was moved. */
  BATCH_FOLLOWS_CURRENT,
  /** A batch of more than 20 ids is refused. */
  BATCH_LIMIT,
  /** A secret without a value is one error of a batch and leaves the others their values. */
  BATCH_SURVIVES_EMPTY_SECRET,
  /** ListSecrets sorts by last change, newest first. */
  LIST_SORTS_BY_CHANGE,
  /** Scheduling a deletion moves LastChangedDate. */
  DELETION_IS_A_CHANGE,
  /** Only versions with labels are listed. */
  ONLY_LABELLED_VERSIONS_ARE_LISTED,
  /** Keys that nobody gave out are refused. */
  UNKNOWN_KEYS_ARE_REFUSED,
  /** A web identity token that is no JWT is refused. */
  WEB_IDENTITY_IS_VERIFIED,
}
