package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.MessageQueue;
import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.RotationFailures;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The feed against the emulator's queues. */
@Timeout(120)
class SqsFeedTest implements ChangeFeedListener {

  private final AwsEmulator emulator = AwsEmulator.start();
  private final Map<String, String> environment =
      Map.of(
          "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
          "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
  private final Aws aws =
      new Aws(environment::get, new FakeMaterial(), (service, operation, code, attempts, duration) -> {}, Clock.systemUTC(), 1, null, "0");
  private final MessageQueue first = emulator.createQueue("first").visibility(Duration.ofSeconds(2));
  private final MessageQueue second = emulator.createQueue("second");
  private final List<SourceChange> changes = new CopyOnWriteArrayList<>();
  private final List<Runnable> settlements = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final ChangeFeed feed =
      aws.feed(List.of(queue(first), queue(second)), RotationFailures.NONE, this, new Random(7));

  private EventQueue queue(MessageQueue queue) {
    return new EventQueue(queue.url(), emulator.region());
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  @AfterEach
  void stop() {
    feed.stop();
    aws.close();
    emulator.close();
  }

  private void settleAtOnce(SourceChange change, Runnable settled) {
    changes.add(change);
    settled.run();
  }

  @Override
  public void message(String kind, String result) {
    heard.add(kind + " " + result);
  }

  @Override
  public void receiveFailed(FailureKind kind) {
    heard.add(kind.label());
  }

  @Override
  public void settled(Duration lag) {}

  @Test
  void given_a_secret_that_rotates_when_the_feed_runs_then_the_change_comes_and_its_message_goes() {
    String arn = emulator.createSecret("shop/db", "one");
    emulator.sendEventsTo(first);
    feed.start(this::settleAtOnce);

    String version = emulator.rotate("shop/db", "two");

    soon().until(() -> first.deleted() == 1);
    assertThat(changes)
        .containsExactly(SourceChange.current(SourceService.SECRETS_MANAGER, "123456789012", "us-east-1", arn, version));
  }

  @Test
  void given_two_queues_when_both_have_messages_then_both_are_read_at_once() {
    feed.start(this::settleAtOnce);
    second.send(EventTexts.parameter("Update", "/app/a"));
    first.send(EventTexts.parameter("Update", "/app/b"));

    soon().until(() -> first.deleted() == 1 && second.deleted() == 1);
    assertThat(changes).extracting(SourceChange::id).containsExactlyInAnyOrder("/app/a", "/app/b");
  }

  @Test
  void given_a_change_that_is_not_settled_when_its_message_reappears_then_it_comes_again_until_it_is() {
    feed.start(
        (change, settled) -> {
          changes.add(change);
          settlements.add(settled);
        });
    first.send(EventTexts.parameter("Update", "/app/a"));

    soon().until(() -> settlements.size() >= 2);
    assertThat(first.deleted()).isZero();
    settlements.getLast().run();

    soon().until(() -> first.deleted() == 1);
  }

  @Test
  void given_poison_when_received_too_often_then_the_queue_puts_it_to_its_dead_letters() {
    first.visibility(Duration.ofMillis(200)).redriveAfter(2);
    feed.start(this::settleAtOnce);
    first.send("nonsense");

    soon().until(() -> first.deadLetters().equals(List.of("nonsense")));
    assertThat(heard).containsExactly("other poison", "other poison");
    assertThat(first.deleted()).isZero();
  }

  @Test
  void given_many_messages_when_settled_then_they_are_deleted_ten_at_a_time() {
    for (int i = 0; i < 100; i++) {
      second.send(EventTexts.parameter("Update", "/app/" + i));
    }
    feed.start(this::settleAtOnce);

    soon().until(() -> second.deleted() == 100);
    assertThat(emulator.count("DeleteMessageBatch")).isBetween(10, 20);
  }

  @Test
  void given_a_queue_that_may_not_be_read_when_the_feed_runs_then_it_is_counted_and_the_other_is_read() {
    emulator.deny("tester", "sqs:ReceiveMessage", "first");
    feed.start(this::settleAtOnce);
    second.send(EventTexts.parameter("Update", "/app/a"));

    soon().until(() -> second.deleted() == 1 && heard.contains("access_denied"));
    assertThat(emulator.calls().stream().filter(call -> "AccessDeniedException".equals(call.errorCode()))).hasSize(1);
  }

  @Test
  void given_a_feed_when_stopped_then_it_ends_at_once_and_can_begin_again() {
    feed.start(this::settleAtOnce);

    feed.stop();
    first.send(EventTexts.parameter("Update", "/app/a"));
    assertThat(changes).isEmpty();
    feed.start(this::settleAtOnce);

    soon().until(() -> first.deleted() == 1);
  }
}
