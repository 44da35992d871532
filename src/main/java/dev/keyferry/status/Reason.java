package dev.keyferry.status;

/** Every reason of a condition, with the word that stands in it. */
public enum Reason {
  /** The target holds what AWS holds. */
  SECRET_SYNCED("SecretSynced"),
  /** The target was deleted because its sources are gone and its policy says so. */
  SECRET_DELETED("SecretDeleted"),
  /** {@code spec.suspend} is true. */
  SUSPENDED("Suspended"),
  /** The store does not exist. */
  STORE_NOT_FOUND("StoreNotFound"),
  /** The store does not admit the namespace. */
  STORE_NOT_ADMITTED("StoreNotAdmitted"),
  /** The store or the reference to it is wrong. */
  STORE_INVALID("StoreInvalid"),
  /** The store does not let the namespace read that key. */
  KEY_NOT_ALLOWED("KeyNotAllowed"),
  /** A field holds a word that the operator does not know. */
  SPEC_INVALID("SpecInvalid"),
  /** A policy denies an action. */
  ACCESS_DENIED("AccessDenied"),
  /** A source, stage or version does not exist. */
  SOURCE_NOT_FOUND("SourceNotFound"),
  /** A secret is scheduled for deletion. */
  MARKED_FOR_DELETION("SourceMarkedForDeletion"),
  /** A KMS key cannot decrypt. */
  DECRYPTION_FAILED("DecryptionFailed"),
  /** AWS limits the rate. */
  THROTTLED("Throttled"),
  /** AWS answered with a fault of its own. */
  SERVER_FAULT("ServerFault"),
  /** AWS could not be reached. */
  NETWORK_FAILURE("NetworkFailure"),
  /** There are no usable credentials. */
  CREDENTIALS_INVALID("CredentialsInvalid"),
  /** AWS does not understand what is asked. */
  INVALID_REQUEST("InvalidRequest"),
  /** The values do not make a Secret. */
  INVALID_DATA("InvalidData"),
  /** The Secret that keys are to be added to does not exist. */
  TARGET_MISSING("TargetMissing"),
  /** The Secret belongs to somebody else. */
  TARGET_FOREIGN("TargetForeign"),
  /** The Secret belongs to another controller or ExternalSecret. */
  TARGET_OWNED_BY_OTHER("TargetOwnedByOther"),
  /** Two ExternalSecrets write the same key. */
  KEY_CONFLICT("KeyConflict"),
  /** The Secret is immutable. */
  TARGET_IMMUTABLE("TargetImmutable"),
  /** Something keeps undoing the writes. */
  DRIFT_CONTESTED("DriftContested"),
  /** Kubernetes does not accept the Secret. */
  TARGET_NOT_ACCEPTED("TargetNotAccepted"),
  /** Kubernetes could not be asked. */
  WRITE_FAILED("WriteFailed"),
  /** A store's identity works. */
  IDENTITY_VERIFIED("IdentityVerified"),
  /** A store's identity depends on the namespace. */
  REFERENT_IDENTITY("ReferentIdentity");

  private final String word;

  Reason(String word) {
    this.word = word;
  }

  /** The word in the condition. */
  public String word() {
    return word;
  }
}
