package dev.keyferry.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What asking for one page of a list gave. */
public sealed interface ListedPage {

  /**
   * A page; it may be empty although others follow.
   *
   * @param secrets what stands on it
   * @param next token of the next page; null on the last
   */
  record Page(List<ListedSecret> secrets, @Nullable String next) implements ListedPage {
    /** The list never changes. */
    public Page {
      secrets = List.copyOf(secrets);
    }
  }

  /**
   * No page.
   *
   * @param failure why
   */
  record Failed(SourceFailure failure) implements ListedPage {}
}
