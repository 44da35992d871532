package dev.keyferry.fetch;

import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.Scope;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lists as another does, and lets the watch of rotations read along, so that it need not ask for what lists show anyway. */
public final class RotationLists implements ChangeLister {

  private final ChangeLister lister;
  private final RotationWatch watch;

  /** Lists as the given one does. */
  public RotationLists(ChangeLister lister, RotationWatch watch) {
    this.lister = lister;
    this.watch = watch;
  }

  @Override
  public ListedPage list(Scope scope, Order order, @Nullable String token) {
    ListedPage page = lister.list(scope, order, token);
    if (page instanceof ListedPage.Page(var secrets, _)) {
      secrets.stream()
          .map(secret -> secret.rotation())
          .filter(Objects::nonNull)
          .forEach((RotationFacts facts) -> watch.listed(scope, facts));
    }
    return page;
  }
}
