package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code deploy/aws} sets up is what the operator understands and calls. */
class DeployedEventsTest {

  private static final Path FOLDER = Path.of("deploy", "aws");
  private static final Set<String> ROTATIONS =
      Stream.concat(Events.SERVICE_EVENTS.stream(), Events.ROTATION_FAILURES.stream()).collect(Collectors.toSet());

  /** Detail types by their source, each with the event names that its rule lets through; empty for all. */
  private static final Map<String, Set<String>> RULES =
      Map.of(
          Events.SECRETS + " " + Events.LABEL, Set.of(),
          Events.SECRETS + " " + Events.API_CALL, Events.CALLS,
          Events.SECRETS + " " + Events.SERVICE_EVENT, ROTATIONS,
          Events.PARAMETERS + " " + Events.PARAMETER, Set.of());

  private static JsonNode read(ObjectMapper mapper, String file) {
    try {
      return mapper.readTree(Files.readString(FOLDER.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final JsonNode resources = read(new YAMLMapper(), "events.yaml").path("Resources");

  private Map<String, JsonNode> ofType(String type) {
    Map<String, JsonNode> found = new TreeMap<>();
    resources.properties().stream()
        .filter(each -> each.getValue().path("Type").asText().equals(type))
        .forEach(each -> found.put(each.getKey(), each.getValue().path("Properties")));
    return found;
  }

  private static Set<String> texts(JsonNode node) {
    Set<String> texts = new TreeSet<>();
    if (node.isTextual()) {
      texts.add(node.asText());
    }
    node.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  @Test
  void given_the_stack_when_read_then_its_rules_let_through_what_is_understood() {
    Map<String, Set<String>> rules = new TreeMap<>();
    for (JsonNode rule : ofType("AWS::Events::Rule").values()) {
      JsonNode pattern = rule.path("EventPattern");
      String name = String.join(",", texts(pattern.path("source"))) + " " + String.join(",", texts(pattern.path("detail-type")));
      rules.put(name, texts(pattern.at("/detail/eventName")));
      assertThat(rule.at("/Targets/0/Arn").asText()).isEqualTo("Queue.Arn");
      assertThat(rule.path("Targets")).hasSize(1);
    }
    assertThat(rules).isEqualTo(RULES);
  }

  @Test
  void given_the_stack_when_read_then_each_rule_alone_may_send_by_a_statement_of_its_own() {
    JsonNode policy = ofType("AWS::SQS::QueuePolicy").get("QueuePolicy");
    Set<String> sources = new TreeSet<>();
    for (JsonNode statement : policy.at("/PolicyDocument/Statement")) {
      assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
      assertThat(statement.path("Action").asText()).isEqualTo("sqs:SendMessage");
      assertThat(statement.path("Resource").asText()).isEqualTo("Queue.Arn");
      assertThat(statement.path("Principal").toString()).isEqualTo("{\"Service\":\"events.amazonaws.com\"}");
      assertThat(statement.at("/Condition/ArnEquals").properties()).hasSize(1);
      assertThat(sources.add(statement.path("Condition").path("ArnEquals").path("aws:SourceArn").asText())).isTrue();
    }
    assertThat(sources).isEqualTo(ofType("AWS::Events::Rule").keySet().stream().map(rule -> rule + ".Arn").collect(Collectors.toSet()));
  }

  @Test
  void given_the_stack_when_read_then_the_queues_are_encrypted_and_poison_has_a_place() {
    Map<String, JsonNode> queues = ofType("AWS::SQS::Queue");
    assertThat(queues).containsOnlyKeys("Queue", "DeadLetters");
    assertThat(queues.values()).allSatisfy(queue -> assertThat(queue.path("SqsManagedSseEnabled").asBoolean()).isTrue());
    JsonNode queue = queues.get("Queue");
    assertThat(queue.at("/RedrivePolicy/deadLetterTargetArn").asText()).isEqualTo("DeadLetters.Arn");
    assertThat(queue.at("/RedrivePolicy/maxReceiveCount").asInt()).isBetween(3, 10);
    // Longer than the wait after a change, the tries for a version, and a read with its retries.
    assertThat(queue.path("VisibilityTimeout").asInt()).isGreaterThanOrEqualTo(60);
  }

  @Test
  void given_the_terraform_module_when_read_then_it_sets_up_the_same() throws IOException {
    String module = Files.readString(FOLDER.resolve("events.tf"));
    String code = module.replaceAll("(?m)^\\s*#.*$", "");

    assertThat(code.chars().filter(c -> c == '{').count()).isEqualTo(code.chars().filter(c -> c == '}').count());
    Map<String, Set<String>> rules = new TreeMap<>();
    Pattern rule =
        Pattern.compile("source\\s+= \\[\"([^\"]+)\"]\\s+detail-type = \\[\"([^\"]+)\"](?:\\s+detail = \\{\\s+eventName = \\[([^\\]]*)])?");
    rule.matcher(code)
        .results()
        .forEach(
            match ->
                rules.put(
                    match.group(1) + " " + match.group(2),
                    match.group(3) == null
                        ? Set.of()
                        : Pattern.compile("\"(\\w+)\"").matcher(match.group(3)).results().map(m -> m.group(1)).collect(Collectors.toSet())));
    assertThat(rules).isEqualTo(RULES);
    assertThat(Pattern.compile("for_each\\s+= local\\.rules").matcher(code).results()).hasSize(3);
    assertThat(Pattern.compile("sqs_managed_sse_enabled\\s+= true").matcher(code).results()).hasSize(2);
    assertThat(code)
        .contains("variable = \"aws:SourceArn\"", "values   = [aws_cloudwatch_event_rule.events[statement.key].arn]", "maxReceiveCount");
  }

  private record Statement(Set<String> actions, String resource) {}

  private static List<Statement> policy(String file) {
    List<Statement> statements = new ArrayList<>();
    for (JsonNode statement : read(new JsonMapper(), "policies/" + file).path("Statement")) {
      assertThat(statement.path("Effect").asText()).isEqualTo("Allow");
      statements.add(new Statement(texts(statement.path("Action")), statement.path("Resource").asText()));
    }
    return statements;
  }

  private static Set<String> actions(String file) {
    return policy(file).stream().flatMap(statement -> statement.actions().stream()).collect(Collectors.toSet());
  }

  static Stream<Path> policies() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER.resolve("policies"))) {
      return files.sorted().toList().stream();
    }
  }

  @Test
  void given_the_policies_when_read_then_each_mode_has_what_its_calls_need_and_no_more() {
    String single = "secretsmanager:" + SecretsManagerReads.SINGLE;
    String batch = "secretsmanager:" + SecretsManagerReads.BATCH;

    assertThat(actions("read.json")).containsExactlyInAnyOrder(single);
    assertThat(actions("batch.json")).containsExactlyInAnyOrder(single, batch);
    assertThat(actions("sweep.json")).containsExactlyInAnyOrder(single, batch, "secretsmanager:" + SecretPages.OPERATION);
    assertThat(actions("events.json")).isEqualTo(QueueCalls.ACTIONS);
    assertThat(actions("describe.json")).containsExactly("secretsmanager:" + SecretDescriptions.OPERATION);
    assertThat(actions("parameters.json"))
        .containsExactlyInAnyOrder("ssm:" + ParameterReads.OPERATION, "ssm:GetParametersByPath", "ssm:DescribeParameters");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void given_a_policy_when_read_then_no_other_secrets_name_matches_and_the_whole_account_is_named_where_it_must_be(Path file) {
    assertThat(policy(file.getFileName().toString()))
        .isNotEmpty()
        .allSatisfy(
            statement -> {
              boolean everywhere = statement.actions().stream().anyMatch(action -> Statements.accountWide(action) || action.endsWith("Password"));
              assertThat(statement.resource().equals("*")).isEqualTo(everywhere);
              if (!everywhere && statement.actions().stream().anyMatch(action -> action.startsWith("secretsmanager:"))) {
                assertThat(statement.resource()).endsWith("-??????");
              }
            });
  }

  @Test
  void given_the_policies_when_listed_then_the_guide_names_each() throws IOException {
    String guide = Files.readString(FOLDER.resolve("README.md"));
    assertThat(policies()).allSatisfy(file -> assertThat(guide).contains("policies/" + file.getFileName()));
  }
}
