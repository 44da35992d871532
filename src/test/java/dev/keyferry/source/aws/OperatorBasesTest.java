package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The operator's identity comes from one place, and its token goes to no other host. */
class OperatorBasesTest {

  private static final String AGENT = "http://169.254.170.23/v1/credentials";

  private final Map<String, String> environment = new HashMap<>();

  private Base.Look look(OperatorIdentity way) {
    return new OperatorBases(environment::get, way).look();
  }

  private static Base base(Base.Look look) {
    return ((Base.Ready) look).base();
  }

  private void everything() {
    environment.put("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/op");
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", "/web");
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", AGENT);
    environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/pod");
    environment.put("AWS_ACCESS_KEY_ID", "AKIAENV");
    environment.put("AWS_SECRET_ACCESS_KEY", "x");
  }

  @Test
  void given_everything_when_chosen_by_itself_then_irsa_comes_before_pod_identity_before_keys() {
    everything();
    assertThat(base(look(OperatorIdentity.AUTO))).isInstanceOf(Base.TokenFile.class);

    environment.remove("AWS_ROLE_ARN");
    environment.remove("AWS_WEB_IDENTITY_TOKEN_FILE");
    assertThat(base(look(OperatorIdentity.AUTO))).isEqualTo(new Base.PodIdentity(URI.create(AGENT), Path.of("/pod")));

    environment.remove("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    assertThat(base(look(OperatorIdentity.AUTO))).isInstanceOf(Base.Keys.class);
  }

  @Test
  void given_everything_when_one_way_is_named_then_it_is_taken() {
    everything();

    assertThat(base(look(OperatorIdentity.IRSA))).isInstanceOf(Base.TokenFile.class);
    assertThat(base(look(OperatorIdentity.POD_IDENTITY))).isInstanceOf(Base.PodIdentity.class);
    assertThat(base(look(OperatorIdentity.ENVIRONMENT))).isInstanceOf(Base.Keys.class);
    assertThat(base(look(OperatorIdentity.INSTANCE_PROFILE))).isEqualTo(new Base.InstanceProfile(URI.create("http://169.254.169.254")));
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "IRSA", "POD_IDENTITY", "ENVIRONMENT"})
  void given_an_empty_environment_when_looked_for_then_nothing_else_is_tried(OperatorIdentity way) {
    assertThat(look(way)).isInstanceOf(Base.Missing.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        AGENT,
        "http://[fd00:ec2::23]/v1/credentials",
        "http://127.0.0.1:8080/x",
        "http://[::1]/x",
        "http://localhost/x",
        "https://agent.example/x"
      })
  void given_a_trusted_host_when_looked_for_then_it_is_the_agent(String uri) {
    everything();
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);

    assertThat(base(look(OperatorIdentity.POD_IDENTITY))).isEqualTo(new Base.PodIdentity(URI.create(uri), Path.of("/pod")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://agent.example/x",
        "http://169.254.169.254/x",
        "http://169.254.170.23.example/x",
        "http://10.0.0.1/x",
        "http://[fd00:ec2::24]/x",
        "ftp://127.0.0.1/x",
        "http:///x",
        "not a uri"
      })
  void given_another_host_when_looked_for_then_the_token_stays_here(String uri) {
    everything();
    environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri);

    assertThat(look(OperatorIdentity.POD_IDENTITY))
        .isInstanceOfSatisfying(Base.Missing.class, missing -> assertThat(missing.failure().message()).contains("not sent there"));
  }
}
