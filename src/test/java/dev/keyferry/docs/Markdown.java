package dev.keyferry.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A document at the repository's root.
 *
 * @param file its path from there
 * @param text all of it
 */
record Markdown(Path file, String text) {

  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\\R(.*?)^```$");
  private static final Pattern SPAN = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
  private static final Pattern NO_BAR = Pattern.compile("(?<!\\\\)\\|");

  static final Markdown README = read("README.md");
  static final Markdown DESIGN = read("DESIGN.md");
  static final Markdown CONTRIBUTING = read("CONTRIBUTING.md");

  /** Every document that is tested. */
  static List<Markdown> all() {
    return List.of(README, DESIGN, CONTRIBUTING, read("SECURITY.md"), read("helm/keyferry/README.md"), read("deploy/examples/README.md"));
  }

  static Markdown read(String file) {
    try {
      return new Markdown(Path.of(file), Files.readString(Path.of(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of the only table with these columns, without the head. */
  List<List<String>> table(String... columns) {
    List<List<String>> rows = new ArrayList<>();
    boolean within = false;
    int tables = 0;
    for (String line : text.lines().toList()) {
      List<String> cells = cells(line);
      if (cells.equals(List.of(columns))) {
        within = true;
        tables++;
      } else if (cells.isEmpty()) {
        within = false;
      } else if (within && !cells.getFirst().matches(":?-+:?")) {
        rows.add(cells);
      }
    }
    if (tables != 1 || rows.isEmpty()) {
      throw new AssertionError(file + " has " + tables + " tables with columns " + Arrays.toString(columns));
    }
    return rows;
  }

  /** What stands in fences of that language. */
  List<String> fenced(String language) {
    return FENCED.matcher(text).results().filter(block -> block.group(1).equals(language)).map(block -> block.group(2)).toList();
  }

  /** Everything between backticks on one line, outside of fences. */
  List<String> spans() {
    return SPAN.matcher(FENCED.matcher(text).replaceAll("")).results().map(span -> span.group(1)).toList();
  }

  /** The targets of links, anchors included. */
  List<String> links() {
    return LINK.matcher(text).results().map(link -> link.group(1)).toList();
  }

  /** The anchors of headings, as GitHub makes them. */
  List<String> anchors() {
    return HEADING.matcher(FENCED.matcher(text).replaceAll(""))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
  }

  /** What a pattern finds, its first group. */
  List<String> all(Pattern pattern) {
    return pattern.matcher(text).results().map((MatchResult found) -> found.group(1)).toList();
  }

  /** A cell without backticks. */
  static String plain(String cell) {
    return cell.replace("`", "");
  }

  /** The spans in a cell. */
  static List<String> spansOf(String cell) {
    return SPAN.matcher(cell).results().map(span -> span.group(1)).toList();
  }

  private static List<String> cells(String line) {
    if (!line.startsWith("|") || !line.endsWith("|")) {
      return List.of();
    }
    return Stream.of(NO_BAR.split(line.substring(1, line.length() - 1), -1)).map(String::strip).toList();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
