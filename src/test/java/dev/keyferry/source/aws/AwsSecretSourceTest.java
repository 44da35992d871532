package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwsSecretSourceTest {

  private static final IdentitySpec SPEC = Rig.spec(Rig.KEYS);
  private static final String DENIED = "User: arn:aws:iam::111122223333:user/jo is not authorized to perform: ";

  private static final String PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter";

  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  private static String current(String name) {
    return StubAws.entry(Rig.arn(name), name, "v-" + name, "AWSCURRENT", "value-" + name);
  }

  private static String page(List<String> values, String errors, String more) {
    return "{\"SecretValues\":[" + String.join(",", values) + "],\"Errors\":[" + errors + "]" + more + "}";
  }

  /** Those of the secrets that were asked for. */
  private static StubAws.Reply pageOf(StubAws.Asked asked, String... names) {
    List<String> values =
        Arrays.stream(names).filter(name -> asked.body().contains("\"" + name + "\"")).map(AwsSecretSourceTest::current).toList();
    return StubAws.json(page(values, "", ""));
  }

  private static String parameter(String name, String selector, String value, int version) {
    return "{\"Name\":\"" + name + "\"" + selector + ",\"ARN\":\"" + PARAMETER + name + "\",\"Type\":\"SecureString\",\"Value\":\"" + value
        + "\",\"Version\":" + version + ",\"LastModifiedDate\":1.7e9}";
  }

  private static StubAws.Reply parameters(String found, String missing) {
    return StubAws.json("{\"Parameters\":[" + found + "],\"InvalidParameters\":[" + missing + "]}");
  }

  private Map<SourceRef, Fetched> batch(SourceRef... refs) {
    return ((BatchRead.Entries) rig.aws.source().readBatch(rig.scope(SPEC), List.of(refs))).entries();
  }

  private BatchRead failedBatch(SourceRef... refs) {
    return rig.aws.source().readBatch(rig.scope(SPEC), List.of(refs));
  }

  private static String text(Fetched fetched) {
    return ((Fetched.Found) fetched).payload().text();
  }

  private static FailureKind kind(Fetched fetched) {
    return ((Fetched.Failed) fetched).failure().kind();
  }

  @Test
  void given_the_version_in_force_when_read_then_its_stage_is_asked_for_by_name() {
    rig.stub.on("GetSecretValue", asked -> StubAws.json(current("db")));

    var found = (Fetched.Found) rig.read(SPEC, Rig.secret("db"));

    assertThat(rig.stub.asked("GetSecretValue").getFirst().body()).contains("\"VersionStage\":\"AWSCURRENT\"").doesNotContain("VersionId");
    assertThat(found.revision()).isEqualTo(new Revision(Rig.arn("db"), "v-db"));
    assertThat(found.stages()).containsExactly("AWSCURRENT");
    assertThat(found.createdAt()).isNotNull();
  }

  @Test
  void given_an_id_or_a_label_when_read_then_only_that_is_asked_for() {
    rig.stub.on("GetSecretValue", asked -> StubAws.json(current("db")));

    rig.read(SPEC, Rig.secret("db", new VersionSelector.Id("v-9")));
    rig.read(SPEC, Rig.secret("db", new VersionSelector.Stage("BLUE")));

    assertThat(rig.stub.asked("GetSecretValue")).extracting(StubAws.Asked::body).satisfiesExactly(
        id -> assertThat(id).contains("\"VersionId\":\"v-9\"").doesNotContain("VersionStage"),
        label -> assertThat(label).contains("\"VersionStage\":\"BLUE\"").doesNotContain("VersionId"));
  }

  @Test
  void given_a_binary_value_when_read_then_its_bytes_are_kept() {
    String answer = "{\"ARN\":\"" + Rig.arn("b") + "\",\"Name\":\"b\",\"VersionId\":\"v\",\"SecretBinary\":\"AP8B\"}";
    rig.stub.on("GetSecretValue", asked -> StubAws.json(answer));

    var found = (Fetched.Found) rig.read(SPEC, Rig.secret("b"));

    assertThat(found.payload().isText()).isFalse();
    assertThat(found.payload().bytes()).containsExactly(0, 0xff, 1);
  }

  @Test
  void given_one_secret_by_name_arn_and_partial_arn_when_batched_then_each_ref_is_answered() {
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.json(page(List.of(current("db")), "", "")));
    SourceRef[] refs = {Rig.secret("db"), Rig.secret(Rig.arn("db")), Rig.secret(Rig.arn("db").replace("-AbCdEf", ""))};

    assertThat(batch(refs)).hasSize(3).allSatisfy((ref, fetched) -> assertThat(text(fetched)).isEqualTo("value-db"));
    assertThat(rig.stub.count("GetSecretValue")).isZero();
  }

  @Test
  void given_pages_when_batched_then_all_are_read_an_empty_one_included() {
    rig.stub.on(
        "BatchGetSecretValue",
        asked ->
            asked.body().contains("\"NextToken\":\"t2\"")
                ? StubAws.json(page(List.of(current("b")), "", ""))
                : asked.body().contains("\"NextToken\":\"t1\"")
                    ? StubAws.json(page(List.of(), "", ",\"NextToken\":\"t2\""))
                    : StubAws.json(page(List.of(current("a")), "", ",\"NextToken\":\"t1\"")));

    assertThat(batch(Rig.secret("a"), Rig.secret("b")).values())
        .extracting(AwsSecretSourceTest::text)
        .containsExactlyInAnyOrder("value-a", "value-b");
    assertThat(rig.stub.count("BatchGetSecretValue")).isEqualTo(3);
  }

  @Test
  void given_errors_of_single_secrets_when_batched_then_each_is_classified_and_the_batch_goes_on() {
    String action = "secretsmanager:GetSecretValue";
    String errors =
        "{\"SecretId\":\"gone\",\"ErrorCode\":\"ResourceNotFoundException\",\"Message\":\"Secrets Manager can't find it.\"},"
            + "{\"SecretId\":\"closed\",\"ErrorCode\":\"AccessDeniedException\",\"Message\":\"" + DENIED + action
            + " on resource: closed because no identity-based policy allows the " + action + " action\"}";
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.json(page(List.of(current("ok")), errors, "")));

    Map<SourceRef, Fetched> entries = batch(Rig.secret("ok"), Rig.secret("gone"), Rig.secret("closed"));

    assertThat(text(entries.get(Rig.secret("ok")))).isEqualTo("value-ok");
    assertThat(kind(entries.get(Rig.secret("gone")))).isEqualTo(FailureKind.NOT_FOUND);
    assertThat(kind(entries.get(Rig.secret("closed")))).isEqualTo(FailureKind.ACCESS_DENIED);
    assertThat(((Fetched.Failed) entries.get(Rig.secret("closed"))).failure().message()).contains("secret:closed-??????");
  }

  @Test
  void given_a_ref_in_neither_list_when_batched_then_it_is_read_by_itself() {
    rig.stub
        .on("BatchGetSecretValue", asked -> StubAws.json(page(List.of(current("a")), "", "")))
        .on("GetSecretValue", asked -> StubAws.json(current("b")));

    assertThat(text(batch(Rig.secret("a"), Rig.secret("b")).get(Rig.secret("b")))).isEqualTo("value-b");
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(1);
  }

  @Test
  void given_an_answer_of_another_version_when_batched_then_the_one_in_force_is_read_by_itself() {
    rig.stub
        .on(
            "BatchGetSecretValue",
            asked -> StubAws.json(page(List.of(StubAws.entry(Rig.arn("a"), "a", "old", "AWSPREVIOUS", "old")), "", "")))
        .on("GetSecretValue", asked -> StubAws.json(current("a")));

    assertThat(text(batch(Rig.secret("a")).get(Rig.secret("a")))).isEqualTo("value-a");
  }

  @Test
  void given_the_batch_action_is_denied_when_batched_then_it_is_refused_and_says_what_it_would_save() {
    String action = "secretsmanager:BatchGetSecretValue";
    String text = DENIED + action + " because no identity-based policy allows the " + action + " action";
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.error("AccessDeniedException", text));

    BatchRead read = failedBatch(Rig.secret("a"), Rig.secret("b"));

    assertThat(((BatchRead.Refused) read).denial().message()).contains(action + " on Resource \"*\"", "20 times cheaper");
    assertThat(rig.stub.count("BatchGetSecretValue")).isEqualTo(1);
  }

  @Test
  void given_one_secret_that_fails_the_whole_batch_when_batched_then_the_others_are_still_read() {
    StubAws.Reply noValue =
        StubAws.error("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
    rig.stub.on("BatchGetSecretValue", asked -> asked.body().contains("\"bad\"") ? noValue : pageOf(asked, "a", "b", "c"));
    rig.stub.on("GetSecretValue", asked -> noValue);

    Map<SourceRef, Fetched> entries = batch(Rig.secret("a"), Rig.secret("bad"), Rig.secret("b"), Rig.secret("c"));

    assertThat(entries).hasSize(4);
    assertThat(kind(entries.get(Rig.secret("bad")))).isEqualTo(FailureKind.NOT_FOUND);
    assertThat(text(entries.get(Rig.secret("c")))).isEqualTo("value-c");
  }

  @Test
  void given_throttling_when_batched_then_it_is_told_at_once_and_not_tried_again() {
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.error("ThrottlingException", "Rate exceeded"));

    BatchRead read = failedBatch(Rig.secret("a"), Rig.secret("b"));

    assertThat(((BatchRead.Failed) read).failure().kind()).isEqualTo(FailureKind.THROTTLED);
    assertThat(rig.stub.count("BatchGetSecretValue")).isEqualTo(1);
    assertThat(rig.calls).containsExactly("SecretsManager BatchGetSecretValue ThrottlingException 1");
  }

  @Test
  void given_a_call_when_it_succeeds_then_it_is_reported_and_its_agent_names_the_operator() {
    rig.stub.on("GetSecretValue", asked -> StubAws.json(current("db")));

    rig.read(SPEC, Rig.secret("db"));

    assertThat(rig.calls).containsExactly("SecretsManager GetSecretValue none 1");
    assertThat(rig.stub.asked("GetSecretValue").getFirst().userAgent()).endsWith("keyferry/1.2.3");
  }

  @Test
  void given_nobody_listens_when_read_then_it_is_network_and_names_the_host() {
    Scope nowhere = new Scope(rig.identity(SPEC), Rig.REGION, "http://127.0.0.1:1");

    Fetched read = rig.aws.source().read(nowhere, Rig.secret("db"));

    assertThat(((Fetched.Failed) read).failure()).isInstanceOf(SourceFailure.Network.class);
    assertThat(((Fetched.Failed) read).failure().message()).startsWith("127.0.0.1 refuses connections");
    assertThat(rig.calls).containsExactly("SecretsManager GetSecretValue Network 3");
  }

  @Test
  void given_a_region_that_is_none_when_read_then_it_is_a_failure_and_no_exception() {
    Scope nowhere = new Scope(rig.identity(SPEC), "not a region!", null);

    assertThat(rig.aws.source().read(nowhere, Rig.secret("db"))).isInstanceOf(Fetched.Failed.class);
  }

  @Test
  void given_parameters_when_batched_then_values_versions_and_missing_ones_are_told_apart() {
    rig.stub.on("GetParameters", asked -> parameters(parameter("/a", "", "va", 7), "\"/b\""));
    SourceRef a = Rig.parameter("/a", VersionSelector.CURRENT);
    SourceRef b = Rig.parameter("/b", VersionSelector.CURRENT);

    Map<SourceRef, Fetched> entries = batch(a, b);

    assertThat(((Fetched.Found) entries.get(a)).revision()).isEqualTo(new Revision(PARAMETER + "/a", "7"));
    assertThat(text(entries.get(a))).isEqualTo("va");
    assertThat(kind(entries.get(b))).isEqualTo(FailureKind.NOT_FOUND);
    assertThat(rig.stub.asked("GetParameters").getFirst().body()).contains("\"WithDecryption\":true");
  }

  @Test
  void given_a_parameter_by_label_when_read_then_its_selector_goes_with_the_name() {
    rig.stub.on("GetParameters", asked -> parameters(parameter("/a", ",\"Selector\":\":prod\"", "va", 3), ""));

    var found = (Fetched.Found) rig.read(SPEC, Rig.parameter("/a", new VersionSelector.Stage("prod")));

    assertThat(rig.stub.asked("GetParameters").getFirst().body()).contains("\"/a:prod\"");
    assertThat(found.stages()).containsExactly("prod");
    assertThat(found.revision().version()).isEqualTo("3");
  }

  @Test
  void given_one_denied_parameter_when_batched_then_the_others_are_still_read() {
    String why = " because no identity-based policy allows the ssm:GetParameters action";
    StubAws.Reply denial =
        StubAws.error("AccessDeniedException", DENIED + "ssm:GetParameters on resource: " + PARAMETER + "/closed" + why);
    rig.stub.on(
        "GetParameters",
        asked -> asked.body().contains("\"/closed\"") ? denial : parameters(parameter("/a", "", "va", 1), ""));
    SourceRef a = Rig.parameter("/a", VersionSelector.CURRENT);
    SourceRef closed = Rig.parameter("/closed", VersionSelector.CURRENT);

    Map<SourceRef, Fetched> entries = batch(a, closed);

    assertThat(text(entries.get(a))).isEqualTo("va");
    assertThat(kind(entries.get(closed))).isEqualTo(FailureKind.ACCESS_DENIED);
  }

  @Test
  void given_the_services_when_asked_for_their_batches_then_they_are_those_of_the_api() {
    Map<SourceService, Integer> sizes =
        Arrays.stream(SourceService.values()).collect(Collectors.toMap(service -> service, rig.aws.source()::batchSize));

    assertThat(sizes).containsEntry(SourceService.SECRETS_MANAGER, 20).containsEntry(SourceService.PARAMETER_STORE, 10);
    assertThat(rig.aws.source().batchable(Rig.secret("a"))).isTrue();
    assertThat(rig.aws.source().batchable(Rig.secret("a", new VersionSelector.Id("v")))).isFalse();
  }
}
