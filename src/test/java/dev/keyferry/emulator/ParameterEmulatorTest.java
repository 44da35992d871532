package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.GetParametersByPathResponse;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterMetadata;
import software.amazon.awssdk.services.ssm.model.ParameterType;

class ParameterEmulatorTest extends EmulatorTest {

  private final SsmClient ssm = clients.parameters(tester);

  private Parameter get(String name) {
    return ssm.getParameter(r -> r.name(name).withDecryption(true)).parameter();
  }

  @Test
  void given_a_parameter_when_read_then_value_version_and_arn_come_back() {
    ssm.putParameter(r -> r.name("/app/db").value("one").type(ParameterType.STRING));

    Parameter read = get("/app/db");

    assertThat(read.value()).isEqualTo("one");
    assertThat(read.version()).isEqualTo(1);
    assertThat(read.arn()).isEqualTo("arn:aws:ssm:us-east-1:123456789012:parameter/app/db");
    assertThat(read.lastModifiedDate()).isEqualTo(now());
  }

  @Test
  void given_two_versions_when_selected_by_number_label_and_arn_then_each_answers() {
    aws.putParameter("/app", "one");
    aws.putParameter("/app", "two");
    ssm.labelParameterVersion(r -> r.name("/app").parameterVersion(1L).labels("blue"));

    assertThat(get("/app").value()).isEqualTo("two");
    assertThat(get("/app:1").value()).isEqualTo("one");
    assertThat(get("/app:blue").value()).isEqualTo("one");
    assertThat(get("/app:blue").selector()).isEqualTo(":blue");
    assertThat(get("arn:aws:ssm:us-east-1:123456789012:parameter/app").value()).isEqualTo("two");
  }

  @Test
  void given_a_secure_string_when_read_without_decryption_then_its_value_stays_hidden() {
    aws.putSecureParameter("/app", "plain");

    assertThat(ssm.getParameter(r -> r.name("/app")).parameter().value()).isNotEqualTo("plain");
    assertThat(get("/app").value()).isEqualTo("plain");
  }

  @Test
  void given_a_hierarchy_when_listed_by_path_then_one_level_or_all_of_it_come_page_by_page() {
    for (String name : List.of("/app/a", "/app/b/c", "/app/d", "/apple", "plain")) {
      aws.putParameter(name, "v");
    }

    assertThat(ssm.getParametersByPath(r -> r.path("/app")).parameters()).extracting(Parameter::name).containsExactly("/app/a", "/app/d");
    assertThat(ssm.getParametersByPathPaginator(r -> r.path("/app").recursive(true).maxResults(1)))
        .flatExtracting(GetParametersByPathResponse::parameters)
        .extracting(Parameter::name)
        .containsExactly("/app/a", "/app/b/c", "/app/d");
  }

  @Test
  void given_tagged_parameters_when_described_then_filters_compare_whole_pairs() {
    aws.putParameter("/app/a", "v");
    aws.putParameter("/app/b", "v");
    aws.tagParameter("/app/a", Map.of("team", "red"));
    aws.tagParameter("/app/b", Map.of("team", "reddish"));

    assertThat(ssm.describeParameters(r -> r.parameterFilters(f -> f.key("tag:team").values("red"))).parameters())
        .extracting(ParameterMetadata::name)
        .containsExactly("/app/a");
  }

  @Test
  void given_missing_parameters_when_read_together_then_they_are_invalid_and_the_others_come() {
    aws.putParameter("/b", "2");
    aws.putParameter("/a", "1");

    GetParametersResponse read = ssm.getParameters(r -> r.names("/b", "/none", "/a", "/a:9"));

    assertThat(read.parameters()).extracting(Parameter::name).containsExactly("/a", "/b");
    assertThat(read.invalidParameters()).containsExactlyInAnyOrder("/none", "/a:9");
  }

  @Test
  void given_eleven_names_when_read_together_then_validation_refuses() {
    List<String> names = IntStream.range(0, 11).mapToObj(i -> "/p" + i).toList();

    assertThat(errorOf(() -> ssm.getParameters(r -> r.names(names))))
        .startsWith("400 ValidationException")
        .endsWith("at 'names' failed to satisfy constraint: Member must have length less than or equal to 10");
  }

  @Test
  void given_no_parameter_or_version_when_read_then_each_is_not_found() {
    aws.putParameter("/app", "one");

    assertThat(errorOf(() -> get("/none"))).startsWith("400 ParameterNotFound");
    assertThat(errorOf(() -> get("/app:9"))).startsWith("400 ParameterVersionNotFound: Systems Manager could not find version 9 of /app.");
  }

  @Test
  void given_one_denied_name_when_read_together_then_the_whole_call_is_denied() {
    aws.putParameter("/a", "1");
    aws.putParameter("/b", "2");
    aws.deny("tester", "ssm:GetParameters", "/b");

    assertThat(errorOf(() -> ssm.getParameters(r -> r.names("/a", "/b"))))
        .isEqualTo(
            "400 AccessDeniedException: User: arn:aws:iam::123456789012:user/tester is not authorized to perform: ssm:GetParameters"
                + " on resource: arn:aws:ssm:us-east-1:123456789012:parameter/b with an explicit deny in an identity-based policy");
  }

  @Test
  void given_a_parameter_when_put_again_without_overwrite_then_refused() {
    aws.putParameter("/app", "one");

    assertThat(errorOf(() -> ssm.putParameter(r -> r.name("/app").value("x").type(ParameterType.STRING))))
        .startsWith("400 ParameterAlreadyExists");
  }

  @Test
  void given_a_parameter_when_deleted_then_it_is_gone() {
    aws.putParameter("/app", "one");
    ssm.deleteParameter(r -> r.name("/app"));

    assertThat(errorOf(() -> get("/app"))).startsWith("400 ParameterNotFound");
  }
}
