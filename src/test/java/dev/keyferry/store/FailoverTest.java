package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.regions.Region;

class FailoverTest {

  @Test
  void given_up_to_three_other_regions_when_checked_then_nothing_is_wrong() {
    assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", List.of())).isEmpty();
    assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", List.of("eu-west-1", "us-gov-east-1", "eu-north-1"))).isEmpty();
  }

  @Test
  void given_regions_that_cannot_serve_when_checked_then_field_and_store_are_named() {
    List<List<String>> bad =
        List.of(List.of("eu-central-1"), List.of("eu-west-1", "eu-west-1"), List.of("Ireland"), List.of("a-b-1", "a-b-2", "a-b-3", "a-b-4"));

    assertThat(bad)
        .allSatisfy(
            regions ->
                assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", regions))
                    .hasValueSatisfying(message -> assertThat(message).startsWith("provider.aws.failoverRegions of SecretStore a/b")));
  }

  @Test
  void given_every_region_of_aws_when_checked_here_in_the_crds_and_in_the_chart_then_each_is_a_region() throws IOException {
    List<String> regions = Region.regions().stream().map(Region::id).filter(region -> !region.endsWith("-global")).toList();
    assertThat(regions).contains("ap-southeast-1", "ap-northeast-1", "cn-northwest-1", "us-gov-west-1");
    assertThat(regions).allSatisfy(region -> assertThat(Failover.mistake("SecretStore a/b", "none", List.of(region))).isEmpty());
    List<String> files =
        List.of("crds/keyferry.dev_secretstores.yaml", "crds/keyferry.dev_clustersecretstores.yaml", "helm/keyferry/values.schema.json");
    for (String file : files) {
      Matcher rules = Pattern.compile("\\^\\(?\\[a-z][^'\"]*\\[0-9][^'\"]*\\$").matcher(Files.readString(Path.of(file)));
      List<String> patterns = rules.results().map(MatchResult::group).toList();
      assertThat(patterns).as(file).isNotEmpty().allSatisfy(pattern -> assertThat(regions).allMatch(region -> region.matches(pattern)));
    }
  }
}
