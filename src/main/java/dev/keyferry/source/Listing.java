package dev.keyferry.source;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What listing sources gave. */
public sealed interface Listing {

  /**
   * A complete list, over all pages.
   *
   * @param arns full ARNs by the sources' names, sorted; empty where nothing was found
   */
  record Members(SortedMap<String, String> arns) implements Listing {
    /** The map never changes. */
    public Members {
      arns = Collections.unmodifiableSortedMap(new TreeMap<>(arns));
    }
  }

  /**
   * No list.
   *
   * @param failure why
   */
  record Failed(SourceFailure failure) implements Listing {}
}
