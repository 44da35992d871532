package dev.keyferry.emulator;

import java.util.regex.Pattern;

/** IAM's wildcards: {@code *} is any run of characters, {@code ?} any one. */
final class Wildcard {

  private Wildcard() {}

  static boolean matches(String pattern, String text) {
    StringBuilder regex = new StringBuilder();
    for (char c : pattern.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(text).matches();
  }
}
