package dev.keyferry.contract;

import static dev.keyferry.contract.Contract.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.model.GetParametersResponse;
import software.amazon.awssdk.services.ssm.model.Parameter;
import software.amazon.awssdk.services.ssm.model.ParameterType;

/** Reading parameters. */
interface ParameterContract extends Contract {

  private void put(String name, String value, ParameterType type) {
    parameters().putParameter(r -> r.name(name).value(value).type(type).overwrite(true));
  }

  private Parameter get(String name) {
    return parameters().getParameter(r -> r.name(name).withDecryption(true)).parameter();
  }

  @Test
  default void given_parameters_when_read_together_then_missing_ones_are_invalid_and_not_errors() {
    put("/app/a", "1", ParameterType.STRING);
    put("/app/b", "2", ParameterType.SECURE_STRING);

    GetParametersResponse read = parameters().getParameters(r -> r.names("/app/a", "/app/b", "/app/none").withDecryption(true));

    assertThat(read.parameters()).extracting(Parameter::value).containsExactlyInAnyOrder("1", "2");
    assertThat(read.parameters()).allMatch(parameter -> parameter.arn().endsWith(":parameter" + parameter.name()));
    assertThat(read.invalidParameters()).containsExactly("/app/none");
  }

  @Test
  default void given_two_versions_when_read_then_the_newest_comes_and_a_selector_gives_the_old_one() {
    put("/app", "1", ParameterType.STRING);
    put("/app", "2", ParameterType.STRING);

    assertThat(get("/app").version()).isEqualTo(2);
    assertThat(get("/app:1").value()).isEqualTo("1");
  }

  @Test
  default void given_a_label_when_read_by_it_then_its_version_comes() {
    put("/app", "1", ParameterType.STRING);
    put("/app", "2", ParameterType.STRING);
    parameters().labelParameterVersion(r -> r.name("/app").parameterVersion(1L).labels("blue"));

    assertThat(get("/app:blue").value()).isEqualTo("1");
  }

  @Test
  default void given_a_secure_string_when_read_without_decryption_then_its_value_stays_hidden() {
    put("/app", "plain", ParameterType.SECURE_STRING);

    assertThat(parameters().getParameter(r -> r.name("/app")).parameter().value()).isNotEqualTo("plain");
  }

  @Test
  default void given_no_parameter_or_version_when_read_then_not_found() {
    put("/app", "1", ParameterType.STRING);

    assertThat(codeOf(() -> get("/none"))).isEqualTo("ParameterNotFound");
    assertThat(codeOf(() -> get("/app:9"))).isEqualTo("ParameterVersionNotFound");
  }

  @Test
  default void given_eleven_names_when_read_together_then_refused() {
    assertThat(codeOf(() -> parameters().getParameters(r -> r.names("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"))))
        .isEqualTo("ValidationException");
  }
}
