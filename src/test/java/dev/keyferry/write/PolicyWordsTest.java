package dev.keyferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PolicyWordsTest {

  @Test
  void given_the_words_of_the_api_when_read_then_each_gives_its_policy() {
    assertThat(CreationPolicy.values()).extracting(CreationPolicy::word).containsExactly("Owner", "Orphan", "Merge", "CreateOrMerge", "None");
    assertThat(DeletionPolicy.values()).extracting(DeletionPolicy::word).containsExactly("Retain", "Delete", "Merge");
    assertThat(CreationPolicy.values()).allSatisfy(policy -> assertThat(CreationPolicy.ofWord(policy.word())).contains(policy));
    assertThat(DeletionPolicy.values()).allSatisfy(policy -> assertThat(DeletionPolicy.ofWord(policy.word())).contains(policy));
  }

  @Test
  void given_no_word_when_read_then_the_default_holds() {
    assertThat(CreationPolicy.ofWord(null)).contains(CreationPolicy.OWNER);
    assertThat(DeletionPolicy.ofWord("")).contains(DeletionPolicy.RETAIN);
  }

  @Test
  void given_an_unknown_word_when_read_then_there_is_no_policy() {
    assertThat(CreationPolicy.ofWord("owner")).isEmpty();
    assertThat(DeletionPolicy.ofWord("Destroy")).isEmpty();
  }
}
