package dev.keyferry.write;

/** Why a target is not written. */
public enum Refusal {
  /** A Secret of that name exists and nobody gave leave to take it over. */
  FOREIGN,
  /** Another controller or another ExternalSecret owns it. */
  OWNED_BY_OTHER,
  /** Another ExternalSecret writes one of the keys. */
  KEY_CONFLICT,
  /** It is immutable and would have to change. */
  IMMUTABLE,
  /** Something keeps undoing the writes. */
  CONTESTED,
  /** Kubernetes does not accept the Secret. */
  NOT_ACCEPTED
}
