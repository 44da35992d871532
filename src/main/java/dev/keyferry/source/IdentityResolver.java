package dev.keyferry.source;

/** Turns the description of a caller into an identity that reads can be made with. */
public interface IdentityResolver {

  /**
   * The identity as it is now: a ServiceAccount that was made anew, a changed role annotation or rotated keys give another one. Blocks.
   *
   * @param spec how to become the caller
   */
  IdentityResult resolve(IdentitySpec spec);

  /**
   * Who AWS says the caller is, by STS GetCallerIdentity, which needs no permission. Blocks.
   *
   * @param scope whose credentials, which region
   */
  CallerResult caller(Scope scope);

  /** What resolving gave. */
  sealed interface IdentityResult {}

  /**
   * An identity.
   *
   * @param identity what reads and caches are keyed by
   */
  record Resolved(Identity identity) implements IdentityResult {}

  /**
   * No identity.
   *
   * @param failure what is missing
   */
  record Unresolved(SourceFailure failure) implements IdentityResult {}

  /** What asking for the caller gave. */
  sealed interface CallerResult {}

  /**
   * A known caller.
   *
   * @param arn the caller's ARN, with the session name for an assumed role
   */
  record Caller(String arn) implements CallerResult {}

  /**
   * No caller.
   *
   * @param failure why
   */
  record NoCaller(SourceFailure failure) implements CallerResult {}
}
