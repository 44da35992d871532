package dev.keyferry.source.aws;

import static dev.keyferry.source.aws.EventTexts.ARN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.sqs.model.Message;

@Timeout(60)
class QueueLoopTest implements ChangeFeedListener {

  private final Queue<SignedCalls.Answer<List<Message>>> answers = new ArrayDeque<>();
  private final List<String> deleted = new ArrayList<>();
  private final List<SourceChange> changes = new ArrayList<>();
  private final List<Runnable> settlements = new ArrayList<>();
  private final List<String> rotations = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final List<Duration> lags = new ArrayList<>();
  private final MutableClock clock = MutableClock.atNewYear();
  private final QueueLoop loop =
      new QueueLoop(
          "q",
          new QueueLoop.Parts(
              answers::remove,
              deleted::add,
              (change, settled) -> {
                changes.add(change);
                settlements.add(settled);
              },
              (arn, step, at) -> rotations.add(arn + " at " + step + " on " + at),
              this,
              clock,
              new Random(7)));

  @Override
  public void message(String kind, String result) {
    heard.add(kind + " " + result);
  }

  @Override
  public void receiveFailed(FailureKind kind) {
    heard.add(kind.label());
  }

  @Override
  public void settled(Duration lag) {
    lags.add(lag);
  }

  private static Message of(String receipt, String body) {
    return Message.builder().receiptHandle(receipt).body(body).build();
  }

  private static Message moved(String receipt) {
    return of(receipt, EventTexts.label(ARN, "AWSCURRENT", "v2"));
  }

  private Duration turn(Message... messages) throws InterruptedException {
    answers.add(new SignedCalls.Given<>(List.of(messages)));
    return loop.turn();
  }

  private Duration fail(SourceFailure failure) throws InterruptedException {
    answers.add(new SignedCalls.Refused<>(failure));
    return loop.turn();
  }

  @Test
  void given_a_change_when_received_then_its_message_is_deleted_once_it_is_settled_and_not_before() throws InterruptedException {
    assertThat(turn(moved("r1"))).isZero();
    assertThat(changes).singleElement().returns(ARN, SourceChange::id).returns("v2", SourceChange::versionId);
    assertThat(deleted).isEmpty();
    assertThat(loop.unsettled()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(3));

    settlements.getFirst().run();
    settlements.getFirst().run();

    assertThat(deleted).containsExactly("r1");
    assertThat(loop.unsettled()).isZero();
    assertThat(heard).containsExactly("label change");
    assertThat(lags).containsExactly(Duration.ofSeconds(3));
  }

  @Test
  void given_a_message_twice_when_received_then_each_is_settled_for_itself() throws InterruptedException {
    turn(moved("r1"), moved("r2"));
    settlements.get(1).run();
    assertThat(deleted).containsExactly("r2");

    settlements.getFirst().run();

    assertThat(deleted).containsExactly("r2", "r1");
    assertThat(changes).hasSize(2);
  }

  @Test
  void given_poison_between_changes_when_received_then_it_alone_stays_in_the_queue() throws InterruptedException {
    turn(moved("r1"), of("r2", "{\"source\":"), moved("r3"), Message.builder().receiptHandle("r4").build());
    settlements.forEach(Runnable::run);

    assertThat(deleted).containsExactly("r1", "r3");
    assertThat(heard).containsExactly("label change", "other poison", "label change", "other poison");
    assertThat(loop.unsettled()).isZero();
  }

  @Test
  void given_events_that_change_nothing_when_received_then_they_are_deleted_at_once() throws InterruptedException {
    turn(of("r1", EventTexts.call("GetSecretValue", "{}", "{}")));

    assertThat(deleted).containsExactly("r1");
    assertThat(changes).isEmpty();
  }

  @Test
  void given_a_rotation_that_failed_when_received_then_it_is_told() throws InterruptedException {
    turn(of("r1", EventTexts.serviceEvent("RotationFailed", ARN)));

    assertThat(rotations).containsExactly(ARN + " at SET on 2026-01-01T00:00:00Z");
    assertThat(deleted).containsExactly("r1");
    assertThat(heard).containsExactly("service_event rotation_failed");
  }

  @Test
  void given_a_denial_that_lasts_when_received_again_then_the_waits_grow_to_their_limit() throws InterruptedException {
    SourceFailure denied = new SourceFailure.AccessDenied(null, "sqs:ReceiveMessage", null, "denied");

    List<Duration> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(fail(denied));
    }

    assertThat(waits.getFirst()).isBetween(Duration.ofSeconds(22), Duration.ofSeconds(30));
    assertThat(waits.getLast()).isBetween(Duration.ofMinutes(3), Duration.ofMinutes(5));
    assertThat(heard).hasSize(8).containsOnly("access_denied");
    turn();
    assertThat(fail(denied)).isLessThanOrEqualTo(Duration.ofSeconds(30));
    assertThat(loop.unsettled()).isZero();
  }

  @Test
  void given_as_many_open_changes_as_may_be_when_one_is_settled_then_only_then_more_are_received() throws InterruptedException {
    for (int i = 0; i < QueueLoop.UNSETTLED / 10; i++) {
      turn(IntStream.range(0, 10).mapToObj(n -> moved("r" + n)).toArray(Message[]::new));
    }
    answers.add(new SignedCalls.Given<>(List.of()));
    Thread next = Thread.ofVirtual().start(() -> {
      try {
        loop.turn();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    settlements.stream().limit(9).forEach(Runnable::run);
    assertThat(next.join(Duration.ofMillis(100))).isFalse();
    assertThat(answers).hasSize(1);

    settlements.get(9).run();

    assertThat(next.join(Duration.ofSeconds(30))).isTrue();
    assertThat(answers).isEmpty();
  }
}
