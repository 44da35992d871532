package dev.keyferry.source;

/**
 * Everything that AWS would judge a caller by, as a keyed digest: base credential with its Kubernetes uid or key material, every link of
 * the role chain, session name. Equal identities may share answers, different ones never do.
 *
 * @param digest lower case hex; it tells nothing about key material
 */
public record Identity(String digest) {}
