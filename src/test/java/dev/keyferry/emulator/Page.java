package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param <T> what is listed
 * @param items what stands on it
 * @param next token of the next page; null on the last one
 */
record Page<T>(List<T> items, @Nullable String next) {

  private static final String INVALID = "InvalidNextTokenException";

  /**
   * Cuts a page.
   *
   * @param all the whole list
   * @param token what the caller brought; null for the first page
   * @param size items on a page
   * @param query what the token belongs to: a token of another query is refused
   * @param emptyFirst whether an empty page comes first, as AWS warns that it may
   */
  static <T> Page<T> of(List<T> all, @Nullable String token, int size, String query, boolean emptyFirst) {
    if (token == null && emptyFirst) {
      return new Page<>(List.of(), token(0, query));
    }
    int from = Math.min(token == null ? 0 : offset(token, query), all.size());
    int to = Math.min(from + size, all.size());
    return new Page<>(List.copyOf(all.subList(from, to)), to < all.size() ? token(to, query) : null);
  }

  void writeToken(ObjectNode out) {
    if (next != null) {
      out.put("NextToken", next);
    }
  }

  private static String token(int offset, String query) {
    String plain = offset + "|" + query.hashCode();
    return Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  private static int offset(String token, String query) {
    try {
      String[] parts = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8).split("\\|");
      if (parts.length == 2 && parts[1].equals(String.valueOf(query.hashCode()))) {
        return Integer.parseInt(parts[0]);
      }
    } catch (IllegalArgumentException e) {
      throw AwsError.of(INVALID, "The NextToken value is invalid.");
    }
    throw AwsError.of(INVALID, "The NextToken value is invalid.");
  }
}
