package dev.keyferry.source;

/** Finds sources by name and tag. Calls block; they return failures as values and throw only on bugs. */
@FunctionalInterface
public interface SecretFinder {

  /**
   * Lists every source that has the query's prefix, path and tags; {@code regexp} is left to who asks. It follows all pages, and judges
   * names and pairs of tags itself, since AWS matches tags' keys and values apart and by their beginnings. Secrets without a version in
   * force, or scheduled for deletion, are not listed.
   */
  Listing find(Scope scope, FindQuery query);
}
