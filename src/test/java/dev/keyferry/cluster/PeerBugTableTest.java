package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which test keeps which bug of another restarter, or its missing feature, out of this one. */
class PeerBugTableTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
           1 | two Secrets in the same second, one rollout | cluster.PeerBugClusterTest | given_two_secrets_that_rotate_in_the_same_second
           2 | killed between Secret and patch | cluster.CrashClusterTest | given_a_kill_after_the_secret_was_written
           3 | down during the rotation | cluster.CrashClusterTest | given_a_rotation_while_the_operator_is_down
           4 | started three times, nothing rolls | cluster.RestartClusterTest | given_no_change_when_the_operator_starts_three_times
           5 | edited spec, nothing rolls | cluster.RestartClusterTest | given_a_key_more_in_the_spec
           5 | edited labels, nothing rolls | cluster.RestartClusterTest | given_another_label_and_annotation_on_the_secret
           5 | repaired drift, nothing rolls | cluster.RestartClusterTest | given_a_secret_that_was_tampered_with
           6 | a new Deployment with a new ExternalSecret | cluster.RolloutClusterTest | given_a_secret_that_appears_after_its_pods
           7 | paused, then one rollout | cluster.RestartClusterTest | given_a_paused_deployment
           8 | a Secret that never rests | cluster.PeerBugClusterTest | given_a_secret_that_never_rests
           9 | an annotation that is always taken back | cluster.PeerBugClusterTest | given_an_annotation_that_is_always_taken_back
          10 | taken back midway, then evicted | cluster.OldPodsClusterTest | given_a_marker_that_was_taken_back_midway
          11 | OnDelete and partitions | cluster.OldPodsClusterTest | given_a_stateful_set_that_keeps_pods
          12 | Jobs and CronJobs | cluster.PeerBugClusterTest | given_a_job_and_a_cron_job
          13 | conflicts on statuses | cluster.PeerBugClusterTest | given_statuses_that_somebody_writes_all_the_time
          14 | an API server that hangs | cluster.LostApiClusterTest | given_an_api_server_that_hangs_midway
          15 | a rollout that fails halts the others | cluster.FailedRolloutClusterTest | given_pods_that_crash
          16 | 500 workloads on one Secret | cluster.StormClusterTest | given_500_workloads
          17 | windows over a change of clocks | restart.WindowTest | given_a_window_when_asked
          17 | a closed window | cluster.PeerBugClusterTest | given_a_closed_window
          18 | what others own stays | cluster.RestartClusterTest | given_fields_of_others
          19 | every way to reference a Secret | cluster.RestartClusterTest | given_annotated_workloads_of_each_kind_and_reference
          19 | what kubelet renews in place | cluster.RestartOptInClusterTest | given_hot_reload
          20 | two replicas, one restart | cluster.LeaderClusterTest | given_two_replicas_when_a_version_moves
          21 | a new version of the same value | cluster.RestartOptInClusterTest | given_both_triggers
          22 | AWSPENDING present, then promoted | cluster.RestartClusterTest | given_a_pending_version_when_it_waits
          22 | AWSPENDING left behind | cluster.PeerBugClusterTest | given_a_stale_pending_version
          23 | rollout undo | cluster.RolloutClusterTest | given_a_rollout_that_was_undone
          23 | rollout undo, and AWS goes back too | write.TokensTest | given_a_source_that_goes_back_to_its_old_version
          24 | a lost key | cluster.RestartOptInClusterTest | given_a_lost_digest_key
          25 | Flux and Argo CD | cluster.PeerBugClusterTest | given_manifests_that_are_applied_again_and_again
          25 | Argo CD with Replace | cluster.PeerBugClusterTest | given_a_manifest_that_replaces_the_workload
          """)
  void given_a_bug_of_another_when_looked_up_then_a_test_is_there(int number, String bug, String test, String begin)
      throws ClassNotFoundException {
    List<String> methods =
        Arrays.stream(Class.forName("dev.keyferry." + test).getDeclaredMethods()).map(method -> method.getName()).toList();
    assertThat(methods).as("%d: %s", number, bug).anyMatch(method -> method.startsWith(begin));
  }
}
