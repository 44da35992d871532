package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.StoreCondition;
import dev.keyferry.source.SourceService;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowedKeysTest {

  private static final String SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
  private static final String PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/";

  private static AllowedKeys keys(String... prefixes) {
    return new AllowedKeys(List.of(prefixes));
  }

  @ParameterizedTest
  @CsvSource({
    "prod/shop,prod/shop,true",
    "prod/shop,prod/shop/db,true",
    "prod/shop,prod/shop-admin,false",
    "prod/shop,prod/shopping,false",
    "prod/shop,prod,false",
    "prod/shop/,prod/shop/db,true",
    "prod/shop/,prod/shop,false",
    "team-,team-a,true",
    "prod/shop,x/prod/shop,false",
  })
  void given_a_prefix_when_a_name_is_judged_then_it_ends_or_goes_on_behind_a_delimiter(String prefix, String name, boolean allowed) {
    assertThat(keys(prefix).admitsName(SourceService.SECRETS_MANAGER, name)).isEqualTo(allowed);
    assertThat(keys(prefix).admits(SourceService.SECRETS_MANAGER, SECRET + name + "-AbCdEf")).isEqualTo(allowed);
    assertThat(keys(prefix).admits(SourceService.PARAMETER_STORE, PARAMETER + name)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({"/prod/shop,/prod/shop/db", "prod/shop,/prod/shop/db", "/prod/shop,prod/shop/db"})
  void given_a_parameter_when_judged_then_its_leading_slash_does_not_count(String prefix, String name) {
    assertThat(keys(prefix).mayAdmit(SourceService.PARAMETER_STORE, name)).isTrue();
    assertThat(keys(prefix).mayAdmit(SourceService.PARAMETER_STORE, name + ":3")).isTrue();
    assertThat(keys(prefix).admits(SourceService.PARAMETER_STORE, PARAMETER + "prod/shop/db")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "secret:prod/shop/db-AbCdEf,true",
    "secret:prod/shop/db,true",
    "secret:prod/shop-AbCdEf,true",
    "secret:prod/shop-admin-AbCdEf,false",
    "secret:other/db-AbCdEf,false",
  })
  void given_an_arn_as_key_when_asked_then_only_what_may_be_allowed_is_read(String resource, boolean read) {
    String arn = "arn:aws:secretsmanager:eu-central-1:123456789012:" + resource;

    assertThat(keys("prod/shop").mayAdmit(SourceService.SECRETS_MANAGER, arn)).isEqualTo(read);
  }

  @Test
  void given_an_arn_that_answers_to_another_name_when_judged_then_the_answer_counts() {
    String partial = SECRET + "prod/shop-admins";
    AllowedKeys allowed = keys("prod/shop");

    assertThat(allowed.mayAdmit(SourceService.SECRETS_MANAGER, partial)).as("shop, with the suffix admins").isTrue();
    assertThat(allowed.admits(SourceService.SECRETS_MANAGER, partial + "-AbCdEf")).isFalse();
  }

  @Test
  void given_an_answer_that_is_no_arn_of_the_service_when_judged_then_it_is_refused() {
    assertThat(keys("prod").admits(SourceService.SECRETS_MANAGER, "prod")).isFalse();
    assertThat(keys("prod").admits(SourceService.SECRETS_MANAGER, PARAMETER + "prod")).isFalse();
    assertThat(keys("prod").mayAdmit(SourceService.SECRETS_MANAGER, PARAMETER + "prod")).isFalse();
  }

  @Test
  void given_several_conditions_when_joined_then_any_may_allow_and_one_without_keys_allows_all() {
    StoreCondition shop = new StoreCondition(List.of("shop"), null, null, List.of("shop/"));
    StoreCondition shared = new StoreCondition(null, null, List.of(".*"), List.of("shared/"));

    assertThat(AllowedKeys.of(List.of(shop, shared))).isEqualTo(keys("shared/", "shop/"));
    assertThat(AllowedKeys.of(List.of(shop, new StoreCondition(List.of("shop"), null, null)))).isEqualTo(AllowedKeys.ALL);
    assertThat(AllowedKeys.ALL.admits(SourceService.SECRETS_MANAGER, "anything")).isTrue();
  }
}
