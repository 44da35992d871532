package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Listing;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An endpoint that answers nonsense, seeded, to everything: entries of other secrets, parts that are missing or of other kinds, duplicates,
 * pages without end. Whatever is taken for a value is the one that belongs to what was asked.
 */
@Timeout(120)
class AdversarialAnswersTest {

  private static final List<String> NAMES = List.of("alpha", "beta", "gamma", "delta", "epsilon");
  private static final int ROUNDS = 2600;

  private final Rig rig = new Rig();
  private final Random random = new Random(20261124);
  private int answers;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void given_ten_thousand_garbage_answers_when_read_then_nothing_breaks_and_every_value_is_that_of_its_source() {
    rig.stub.on("BatchGetSecretValue", asked -> batch());
    rig.stub.on("GetSecretValue", asked -> reply(entry()));
    rig.stub.on("GetParameters", asked -> reply("{\"Parameters\":[" + many(this::parameter) + "],\"InvalidParameters\":" + any() + "}"));
    rig.stub.on("ListSecrets", asked -> reply("{\"SecretList\":[" + many(this::listed) + "]" + next() + "}"));
    Scope scope = new Scope(rig.identity(Rig.spec(Rig.KEYS)), Rig.REGION, rig.stub.endpoint());
    int found = 0;

    for (int round = 0; round < ROUNDS; round++) {
      List<SourceRef> secrets = NAMES.stream().limit(2 + random.nextInt(4)).map(this::asked).toList();
      found += check(entries(rig.aws.source().readBatch(scope, secrets)));
      found += check(List.of(rig.aws.source().read(scope, pinned())));
      List<SourceRef> parameters = NAMES.stream().limit(2).map(name -> Rig.parameter("/" + name, VersionSelector.CURRENT)).toList();
      found += check(entries(rig.aws.source().readBatch(scope, parameters)));
      if (rig.aws.finder().find(scope, new FindQuery(secrets.getFirst().service(), "", null, null, Map.of())) instanceof Listing.Members(var arns)) {
        assertThat(arns).allSatisfy((name, arn) -> assertThat(name + arn).doesNotContain("null"));
      }
    }

    assertThat(answers).isGreaterThan(10_000);
    assertThat(found).isGreaterThan(500);
  }

  @Test
  void given_a_list_without_end_when_a_batch_is_read_then_it_ends() {
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.json("{\"SecretValues\":[],\"NextToken\":\"more\"}"));
    rig.stub.on("GetSecretValue", asked -> StubAws.value(Rig.arn("alpha"), "alpha", "v1", "AWSCURRENT", "value-alpha"));

    check(entries(rig.aws.source().readBatch(rig.scope(Rig.spec(Rig.KEYS)), List.of(Rig.secret("alpha"), Rig.secret("beta")))));

    assertThat(rig.stub.count("BatchGetSecretValue")).isEqualTo(50);
  }

  private static List<Fetched> entries(BatchRead read) {
    return read instanceof BatchRead.Entries(Map<SourceRef, Fetched> entries) ? List.copyOf(entries.values()) : List.of();
  }

  /** The emulated truth: the value of a source is its name. */
  private static int check(List<Fetched> read) {
    int found = 0;
    for (Fetched one : read) {
      switch (one) {
        case Fetched.Found value -> {
          String name = NAMES.stream().filter(each -> value.ref().key().contains(each)).findFirst().orElseThrow();
          assertThat(value.payload().text()).isEqualTo("value-" + name);
          assertThat(value.revision().arn()).contains(name);
          assertThat(value.revision().version()).isNotEmpty();
          if (value.ref().version() instanceof VersionSelector.Id(String id)) {
            assertThat(value.revision().version()).isEqualTo(id);
          }
          found++;
        }
        case Fetched.Failed(_, var failure) -> assertThat(failure.message()).doesNotContain("value-");
      }
    }
    return found;
  }

  private SourceRef asked(String name) {
    return switch (random.nextInt(3)) {
      case 0 -> Rig.secret(Rig.arn(name));
      case 1 -> Rig.secret(Rig.arn(name).replace("-AbCdEf", ""));
      default -> Rig.secret(name);
    };
  }

  private SourceRef pinned() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    return switch (random.nextInt(3)) {
      case 0 -> Rig.secret(name, new VersionSelector.Id("v1"));
      case 1 -> Rig.secret(name, new VersionSelector.Stage("AWSPREVIOUS"));
      default -> Rig.secret(name);
    };
  }

  private StubAws.Reply batch() {
    return reply("{\"SecretValues\":[" + many(this::entry) + "],\"Errors\":[" + many(this::error) + "]" + next() + "}");
  }

  private StubAws.Reply reply(String body) {
    answers++;
    return switch (random.nextInt(40)) {
      case 0 -> StubAws.json(body.substring(0, random.nextInt(body.length())));
      case 1 -> StubAws.json("[" + body + "]");
      case 2 -> new StubAws.Reply(random.nextBoolean() ? 200 : 404, "");
      case 3 -> StubAws.error("value-" + NAMES.getFirst(), "nonsense");
      default -> StubAws.json(body);
    };
  }

  /** An entry that is whole and true, or lacks or confuses one thing; a value always stands beside its own name or none. */
  private String entry() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    String other = NAMES.get(random.nextInt(NAMES.size()));
    List<String> fields = new ArrayList<>(
        List.of(
            "\"ARN\":\"" + Rig.arn(name) + "\"",
            "\"Name\":\"" + name + "\"",
            "\"VersionId\":\"v" + (1 + random.nextInt(2)) + "\"",
            "\"SecretString\":\"value-" + name + "\"",
            "\"VersionStages\":[\"" + (random.nextInt(4) == 0 ? "AWSPREVIOUS" : "AWSCURRENT") + "\"]",
            "\"CreatedDate\":1.7e9"));
    switch (random.nextInt(12)) {
      case 0 -> fields.remove(random.nextInt(fields.size()));
      case 1 -> fields.set(0, "\"ARN\":\"" + Rig.arn(other) + "\"");
      case 2 -> fields.set(random.nextInt(3), "\"ARN\":null");
      case 3 -> fields.set(2, "\"VersionId\":\"\"");
      case 4 -> fields.set(4, "\"VersionStages\":[null,\"" + "x".repeat(5) + "\"]");
      case 5 -> fields.set(0, "\"ARN\":\"" + name + "\"");
      default -> {}
    }
    return "{" + String.join(",", fields) + "}";
  }

  private String parameter() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    List<String> fields = new ArrayList<>(
        List.of(
            "\"Name\":\"/" + name + "\"",
            "\"ARN\":\"arn:aws:ssm:eu-west-1:111122223333:parameter/" + name + "\"",
            "\"Value\":\"value-" + name + "\"",
            "\"Version\":" + (1 + random.nextInt(2)),
            "\"LastModifiedDate\":1.7e9"));
    if (random.nextInt(4) == 0) {
      fields.remove(random.nextInt(fields.size()));
    }
    return "{" + String.join(",", fields) + "}";
  }

  private String listed() {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    List<String> fields = new ArrayList<>(
        List.of(
            "\"ARN\":\"" + Rig.arn(name) + "\"",
            "\"Name\":\"" + name + "\"",
            "\"SecretVersionsToStages\":{\"v1\":" + (random.nextInt(4) == 0 ? "null" : "[\"AWSCURRENT\"]") + "}",
            "\"Tags\":" + (random.nextInt(4) == 0 ? "null" : "[{}]")));
    if (random.nextInt(4) == 0) {
      fields.remove(random.nextInt(fields.size()));
    }
    return "{" + String.join(",", fields) + "}";
  }

  private String error() {
    String id = NAMES.get(random.nextInt(NAMES.size()));
    return switch (random.nextInt(4)) {
      case 0 -> "{}";
      case 1 -> "{\"SecretId\":\"" + id + "\"}";
      case 2 -> "{\"SecretId\":\"" + id + "\",\"ErrorCode\":\"ResourceNotFoundException\",\"Message\":null}";
      default -> "{\"ErrorCode\":\"AccessDeniedException\",\"Message\":\"no\"}";
    };
  }

  private String any() {
    return random.nextBoolean() ? "null" : "[\"/alpha\"]";
  }

  private String next() {
    return random.nextInt(4) == 0 ? ",\"NextToken\":\"t" + random.nextInt(3) + "\"" : "";
  }

  private String many(Supplier<String> one) {
    return String.join(",", IntStream.range(0, random.nextInt(6)).mapToObj(i -> one.get()).toList());
  }
}
