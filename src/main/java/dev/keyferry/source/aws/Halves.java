package dev.keyferry.source.aws;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds the one ref that makes a batch fail, by reading halves. */
final class Halves {

  private Halves() {}

  /** Reads both halves of at least two refs. */
  static BatchRead read(List<SourceRef> refs, Function<List<SourceRef>, BatchRead> batch) {
    int middle = refs.size() / 2;
    Map<SourceRef, Fetched> all = new HashMap<>();
    for (List<SourceRef> half : List.of(refs.subList(0, middle), refs.subList(middle, refs.size()))) {
      switch (batch.apply(half)) {
        case BatchRead.Entries(Map<SourceRef, Fetched> entries) -> all.putAll(entries);
        case BatchRead.Refused refused -> {
          return refused;
        }
        case BatchRead.Failed(var failure) -> half.forEach(ref -> all.put(ref, new Fetched.Failed(ref, failure)));
      }
    }
    return new BatchRead.Entries(all);
  }
}
