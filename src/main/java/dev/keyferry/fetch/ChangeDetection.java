package dev.keyferry.fetch;

/**
 * How changes of a scope's sources are noticed.
 *
 * @param mode the way
 * @param lists whether a list says what changed, so that what did not is not read at its interval
 * @param advice what would make it cheaper or quicker
 */
public record ChangeDetection(Mode mode, boolean lists, Advice advice) {

  /** The ways, from the dearest to the cheapest. */
  public enum Mode {
    /** Each source is read by itself. */
    EACH_READ("EachRead"),
    /** Sources are read, many in one call. */
    BATCHED_READS("BatchedReads"),
    /** A sweep of the list of secrets says what changed. */
    SWEEP("Sweep"),
    /** Events tell of changes. */
    EVENTS("Events");

    private final String word;

    Mode(String word) {
      this.word = word;
    }

    /** The word for statuses and metrics. */
    public String word() {
      return word;
    }
  }

  /** What would make it cheaper or quicker. */
  public enum Advice {
    /** Batches are not permitted. */
    ALLOW_BATCH("Allowing secretsmanager:BatchGetSecretValue on Resource \"*\" would let one call read 20 secrets."),
    /** Neither are lists. */
    ALLOW_BATCH_AND_LIST(
        "Allowing secretsmanager:BatchGetSecretValue and secretsmanager:ListSecrets on Resource \"*\" would let one call read 20 secrets,"
            + " and another find which have changed."),
    /** Lists are not permitted. */
    ALLOW_LIST("Allowing secretsmanager:ListSecrets on Resource \"*\" would let one call find which secrets have changed."),
    /** There are so few sources that reading them costs least. */
    FEW("No permission would make it cheaper: there are so few sources that reading them costs least."),
    /** The list holds so much else that reading costs less. */
    LONG_LIST("No permission would make it cheaper: the account's list of secrets is so long that reading costs less than listing."),
    /** The store wants every source read. */
    STRICT("The store's changeDetection is Strict: every source is read at its interval."),
    /** Only events would be quicker. */
    QUEUE("No permission would make it cheaper; a queue of events would tell of changes within seconds."),
    /** There is no better. */
    NONE("No permission would make it cheaper.");

    private final String sentence;

    Advice(String sentence) {
      this.sentence = sentence;
    }

    /** One sentence that never varies. */
    public String sentence() {
      return sentence;
    }
  }
}
