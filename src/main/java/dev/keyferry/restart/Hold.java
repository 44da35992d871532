package dev.keyferry.restart;

import dev.keyferry.restart.RestartListener.Result;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a gate says of a restart that is due. */
sealed interface Hold {

  /** Nothing stands against it. */
  record Free() implements Hold {}

  /**
   * Not now.
   *
   * @param why what stands against it
   * @param until when to look again if nothing else happens; null where only something else can change it
   * @param said why, for people; starts in the middle of a sentence and does not move while it lasts
   */
  record Held(Result why, @Nullable Instant until, String said) implements Hold {}
}
