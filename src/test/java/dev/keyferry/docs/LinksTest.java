package dev.keyferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every path, link, profile and script that a document names exists. */
class LinksTest {

  private static final Pattern PATH = Pattern.compile("(?:\\.ci|\\.github|crds|deploy|helm|src)(?:/[\\w.-]+)*/?");
  private static final Pattern IN_COMMAND = Pattern.compile("(?<=[\\s=/])((?:\\.ci|crds|deploy|helm)/[\\w./-]*)");
  private static final Pattern PROFILE = Pattern.compile("-P(\\w+)");
  private static final Pattern COMMAND = Pattern.compile("(?m)^ {4,}(.*)$");
  private static final Pattern VARIABLE = Pattern.compile("\\b(KEYFERRY_\\w+)");

  static List<Markdown> documents() {
    return Markdown.all();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void given_a_document_when_its_links_are_followed_then_files_and_anchors_exist(Markdown document) {
    assertThat(document.links().stream().filter(link -> !link.startsWith("http")).filter(link -> !leads(document, link))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void given_a_document_when_its_paths_are_looked_up_then_they_exist(Markdown document) {
    assertThat(document.spans().stream().filter(span -> PATH.matcher(span).matches()).filter(path -> !Files.exists(Path.of(path)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void given_a_document_when_its_commands_are_read_then_their_files_exist(Markdown document) {
    Stream<String> paths =
        document.all(COMMAND).stream().flatMap(line -> IN_COMMAND.matcher(line).results()).map(found -> found.group(1));
    assertThat(paths.filter(path -> !Files.exists(Path.of(path)))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void given_a_document_when_its_profiles_are_looked_up_then_the_pom_has_them(Markdown document) throws IOException {
    String pom = Files.readString(Path.of("pom.xml"));
    assertThat(document.all(PROFILE).stream().filter(profile -> !pom.contains("<id>" + profile + "</id>"))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void given_a_document_when_its_variables_are_looked_up_then_the_operator_or_the_scripts_know_them(Markdown document) throws IOException {
    String scripts = Files.readString(Path.of(".ci/run")) + Files.readString(Path.of(".ci/servers/build"));
    List<String> settings = Stream.of(Setting.values()).map(Setting::environmentName).toList();
    assertThat(document.all(VARIABLE).stream().filter(name -> !settings.contains(name) && !scripts.contains(name))).isEmpty();
  }

  @Test
  void given_the_documents_when_searched_then_there_is_something_to_look_up() {
    assertThat(Markdown.README.links()).hasSizeGreaterThan(20);
    assertThat(Markdown.README.all(PROFILE)).contains("demo");
    assertThat(Markdown.CONTRIBUTING.spans()).anyMatch(span -> PATH.matcher(span).matches());
  }

  private static boolean leads(Markdown document, String link) {
    int hash = link.indexOf('#');
    String file = hash < 0 ? link : link.substring(0, hash);
    Path folder = document.file().getParent() == null ? Path.of("") : document.file().getParent();
    Path target = file.isEmpty() ? document.file() : folder.resolve(file).normalize();
    return Files.exists(target) && (hash < 0 || Markdown.read(target.toString()).anchors().contains(link.substring(hash + 1)));
  }
}
