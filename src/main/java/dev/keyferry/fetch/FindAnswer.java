package dev.keyferry.fetch;

import dev.keyferry.source.FindQuery;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.util.List;

/** What was found. */
public sealed interface FindAnswer {

  /**
   * At least one source.
   *
   * @param names full names, sorted; not empty
   */
  record Ready(List<String> names) implements FindAnswer {
    /** The list never changes. */
    public Ready {
      names = List.copyOf(names);
    }
  }

  /**
   * None, or no answer.
   *
   * @param query what was searched for
   * @param failure why; {@code NotFound} where the search found nothing
   * @param attempts tries in a row that ended so, at least 1
   * @param confirmedMissing whether what was found before is gone for certain: two looks at least a minute apart found nothing
   */
  record Failed(FindQuery query, SourceFailure failure, int attempts, boolean confirmedMissing) implements FindAnswer {

    /** The same, as a source's failure. */
    public Answer.Failed asAnswer() {
      SourceRef search = new SourceRef(query.service(), "find(" + query.text() + ")", VersionSelector.CURRENT);
      return new Answer.Failed(search, failure, attempts, confirmedMissing);
    }
  }
}
