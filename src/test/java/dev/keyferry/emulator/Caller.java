package dev.keyferry.emulator;

/**
 * Who calls.
 *
 * @param arn what AWS shows: the user's ARN, or the session's
 * @param userId its unique id
 * @param subject what policies are attached to: the user's or the role's ARN
 * @param session whether these are temporary keys
 */
record Caller(String arn, String userId, String subject, boolean session) {

  /** Whether a policy or trust that names somebody means this caller. */
  boolean isNamed(String principal) {
    return principal.equals("*")
        || principal.equals(arn)
        || principal.equals(subject)
        || subject.substring(subject.lastIndexOf('/') + 1).equals(principal);
  }
}
