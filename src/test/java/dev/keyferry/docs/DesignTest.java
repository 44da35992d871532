package dev.keyferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What DESIGN.md says of classes and packages is so. */
class DesignTest {

  private static final Path MAIN = Path.of("src/main/java/dev/keyferry");
  private static final Path TEST = Path.of("src/test/java/dev/keyferry");
  private static final Pattern CLASS = Pattern.compile("([a-z0-9]+(?:\\.[a-z0-9]+)*)\\.([A-Z]\\w+)(?:\\.[a-z]\\w*)?");
  private static final Pattern TEST_CLASS = Pattern.compile("[A-Z]\\w*Test");

  @Test
  void given_the_classes_when_looked_up_then_they_exist() {
    List<String> named = Markdown.DESIGN.spans().stream().filter(span -> CLASS.matcher(span).matches()).toList();
    assertThat(named).hasSizeGreaterThan(40);
    assertThat(named.stream().filter(name -> !exists(name))).isEmpty();
  }

  @Test
  void given_the_tests_that_stand_alone_when_looked_up_then_they_exist() {
    assertThat(
            Stream.of(Markdown.DESIGN, Markdown.CONTRIBUTING)
                .flatMap(document -> document.spans().stream())
                .filter(span -> TEST_CLASS.matcher(span).matches())
                .filter(name -> !anywhere(name)))
        .isEmpty();
  }

  @Test
  void given_the_packages_table_when_read_then_it_has_every_package() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      List<String> packages =
          files
              .filter(file -> file.getFileName().toString().equals("package-info.java"))
              .map(file -> MAIN.relativize(file.getParent()).toString().replace('/', '.'))
              .filter(name -> !name.isEmpty())
              .toList();
      assertThat(Markdown.DESIGN.table("package", "what it is", "may import").stream().map(row -> Markdown.plain(row.getFirst())))
          .containsExactlyInAnyOrderElementsOf(packages);
    }
  }

  @Test
  void given_the_invariants_when_read_then_each_names_a_test() {
    assertThat(Markdown.DESIGN.table("invariant", "tests"))
        .allSatisfy(row -> assertThat(Markdown.spansOf(row.get(1))).isNotEmpty().allMatch(name -> name.endsWith("Test")));
  }

  private static boolean exists(String name) {
    var parts = CLASS.matcher(name);
    return parts.matches() && Stream.of(MAIN, TEST).anyMatch(root -> Files.exists(file(root, parts.group(1), parts.group(2))));
  }

  private static Path file(Path root, String inPackage, String type) {
    return root.resolve(inPackage.replace('.', '/')).resolve(type + ".java");
  }

  private static boolean anywhere(String test) {
    try (Stream<Path> files = Files.walk(TEST)) {
      return files.anyMatch(file -> file.getFileName().toString().equals(test + ".java"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
