package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.keyferry.fetch.FetchListener;
import dev.keyferry.fetch.FetchPlanner;
import dev.keyferry.fetch.FetchRequest;
import dev.keyferry.fetch.FetchSettings;
import dev.keyferry.source.BatchRead;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * 100,000 messages that nobody meant well with, from the queue through the parser to the planner: nothing breaks, nothing of them is shown,
 * and no source is read that none of them names.
 */
@Timeout(120)
class HostileMessagesTest implements ChangeFeedListener, SecretSource {

  private static final int MESSAGES = 100_000;
  private static final String CANARY = "cAnArYvAlUe";
  private static final String VICTIM = "victim/key";
  private static final String NAMED = "shop/db";
  private static final Scope SCOPE = new Scope(new Identity("red"), EventTexts.REGION, null);

  private final Random random = new Random(20_261_124);
  private final MutableClock clock = MutableClock.atNewYear();
  private final Map<String, Integer> reads = new TreeMap<>();
  private final Map<String, Integer> results = new TreeMap<>();
  private final AtomicInteger deleted = new AtomicInteger();
  private final List<Message> next = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level level = root.getLevel();
  private final FetchPlanner planner =
      new FetchPlanner(
          this,
          FetchSettings.of(Duration.ofMinutes(5), 1 << 20, 8),
          clock,
          random,
          Runnable::run,
          (delay, work) -> later.add(work),
          FetchListener.NONE);
  private final QueueLoop loop =
      new QueueLoop(
          "q",
          new QueueLoop.Parts(
              () -> new SignedCalls.Given<>(List.copyOf(next)),
              receipt -> deleted.incrementAndGet(),
              planner::look,
              (arn, step, at) -> assertThat(arn).startsWith("arn:").hasSizeLessThanOrEqualTo(2048),
              this,
              clock,
              random));

  @BeforeEach
  void listen() {
    logged.start();
    root.setLevel(Level.DEBUG);
    root.addAppender(logged);
  }

  @AfterEach
  void listenNoMore() {
    root.detachAppender(logged);
    root.setLevel(level);
  }

  @Override
  public void message(String kind, String result) {
    results.merge(result, 1, Integer::sum);
  }

  @Override
  public void receiveFailed(FailureKind kind) {}

  @Override
  public void settled(Duration lag) {
    assertThat(lag).isBetween(Duration.ZERO, Duration.ofDays(14));
  }

  @Override
  public int batchSize(SourceService service) {
    return 1;
  }

  @Override
  public boolean batchable(SourceRef ref) {
    return false;
  }

  @Override
  public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    throw new AssertionError("nothing is read in batches here");
  }

  @Override
  public Fetched read(Scope scope, SourceRef ref) {
    reads.merge(ref.key(), 1, Integer::sum);
    Revision revision = new Revision("arn:aws:secretsmanager:eu-west-1:111122223333:secret:" + ref.key() + "-aBcDeF", "v1");
    return new Fetched.Found(ref, revision, Payload.ofText("value"), List.of(), null);
  }

  private void track(String key) {
    SourceRef ref = new SourceRef(SourceService.SECRETS_MANAGER, key, VersionSelector.CURRENT);
    planner.fetch(new FetchRequest("ns/" + key, SCOPE, Set.of(ref), Duration.ofHours(1), false));
  }

  @Test
  void given_a_hundred_thousand_hostile_messages_when_received_then_nothing_breaks_leaks_or_reads_what_is_not_named()
      throws InterruptedException {
    track(NAMED);
    track(VICTIM);

    for (int i = 0; i < MESSAGES / 10; i++) {
      next.clear();
      for (int n = 0; n < 10; n++) {
        next.add(Message.builder().receiptHandle("r" + n).body(hostile()).build());
      }
      loop.turn();
      clock.advance(Duration.ofSeconds(6));
      passTime();
    }
    passTime();
    assertThat(loop.unsettled()).isZero();

    assertThat(results.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(MESSAGES);
    assertThat(results).as("every result occurs").containsOnlyKeys("change", "irrelevant", "poison", "rotation_failed");
    assertThat(results.values()).allSatisfy(count -> assertThat(count).isGreaterThan(100));
    assertThat(reads).containsEntry(VICTIM, 1).containsOnlyKeys(NAMED, VICTIM);
    assertThat(reads.get(NAMED)).isGreaterThan(1000);
    assertThat(deleted.get() + results.get("poison")).isEqualTo(MESSAGES);
    assertThat(logged.list).hasSize(1).noneMatch(HostileMessagesTest::showsCanary);
  }

  /** Lets all come to its time that waits for one, and what waits after that. */
  private void passTime() {
    for (int round = 0; round < 6; round++) {
      List<Runnable> due = List.copyOf(later);
      later.clear();
      due.forEach(Runnable::run);
    }
  }

  private static boolean showsCanary(ILoggingEvent event) {
    return (event.getFormattedMessage() + event.getKeyValuePairs() + event.getThrowableProxy()).contains(CANARY);
  }

  private String hostile() {
    String body = wellFormed();
    return switch (random.nextInt(12)) {
      case 0 -> body.substring(0, random.nextInt(body.length()));
      case 1, 2 -> scrambled(body, 1 + random.nextInt(8));
      case 3 -> body.replaceFirst(":\"[^\"]*\"", ":" + anything());
      case 4 -> nth(body, anything());
      case 5 -> random.nextInt(50) == 0 ? body.replace("\"detail\"", "\"x\":\"" + "y".repeat(300_000) + "\",\"detail\"") : body;
      case 6 -> body.replace("\"detail\":", "\"detail\":" + "[".repeat(random.nextInt(3_000)));
      case 7 -> EventTexts.sns(random.nextBoolean() ? body : EventTexts.sns(body));
      case 8 -> body.replace("\"detail\"", "\"detail\":{\"name\":\"" + NAMED + "\"},\"detail\"");
      case 9 -> noise();
      case 10 -> body.replace("eu-west-1", random.nextBoolean() ? "us-east-1" : "eu-west-1\u202e");
      default -> body;
    };
  }

  private String wellFormed() {
    String arn = arn();
    String name = arn.substring(arn.lastIndexOf(':') + 1);
    return switch (random.nextInt(8)) {
      case 0 -> EventTexts.label(arn, random.nextBoolean() ? "AWSCURRENT" : "BLUE", "v" + random.nextInt(3));
      case 1 ->
          EventTexts.call(
              "PutSecretValue", "{\"secretId\":\"" + name + "\",\"secretString\":\"" + CANARY + "\"}", "{\"arn\":\"" + arn + "\"}");
      case 2 -> EventTexts.call("UpdateSecretVersionStage", "{\"secretId\":\"" + arn + "\",\"versionStage\":\"AWSCURRENT\"}", "null");
      case 3 -> EventTexts.call("DeleteSecret", "{\"secretId\":\"" + near() + "\"}", "{}").replace("\"AssumedRole\"", "\"" + CANARY + "\"");
      case 4 -> EventTexts.serviceEvent(random.nextBoolean() ? "RotationFailed" : "RotationSucceeded", arn);
      case 5 -> EventTexts.parameter("Update", "/" + VICTIM + CANARY);
      case 6 -> EventTexts.call("GetSecretValue", "{\"secretId\":\"" + VICTIM + "\"}", "null");
      default -> EventTexts.envelope("aws.secretsmanager", CANARY, "[\"" + arn + "\"]", "{\"name\":\"" + VICTIM + "\"}");
    };
  }

  /** ARNs of the secret that may be read, and of those that only look like the other. */
  private String arn() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> EventTexts.ARN;
      case 2 -> "arn:aws:secretsmanager:eu-west-1:999999999999:secret:" + VICTIM + "-aBcDeF";
      case 3 -> "arn:aws:secretsmanager:us-east-1:111122223333:secret:" + VICTIM + "-aBcDeF";
      case 4 -> "arn:aws:secretsmanager:eu-west-1:111122223333:secret:" + near() + "-aBcDeF";
      default -> "arn:aws:s3:::" + VICTIM + "/object";
    };
  }

  private String near() {
    return List.of("victim/keys-2", "other/victim/key", "Victim/KEY", "victim", "victim/key/sub", "../victim/key", "*", "victim/key-12345")
        .get(random.nextInt(8));
  }

  private String anything() {
    return List.of("null", "7", "-1e999", "true", "[]", "{}", "[[\"x\"]]", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"" + CANARY + "\"")
        .get(random.nextInt(11));
  }

  /** Puts another value in the place of one text, whichever. */
  private String nth(String body, String value) {
    int at = body.indexOf(":\"", random.nextInt(body.length()));
    int end = at < 0 ? -1 : body.indexOf('"', at + 2);
    return end < 0 ? body : body.substring(0, at + 1) + value + body.substring(end + 1);
  }

  private String scrambled(String body, int changes) {
    StringBuilder text = new StringBuilder(body);
    for (int i = 0; i < changes; i++) {
      text.setCharAt(random.nextInt(text.length()), "{}[]\",:\\\0\ud83d\u00e9x9".charAt(random.nextInt(13)));
    }
    return text.toString();
  }

  private String noise() {
    StringBuilder text = new StringBuilder();
    random.ints(random.nextInt(200), 0, 0x3000).forEach(text::appendCodePoint);
    return random.nextBoolean() ? text.toString() : "{\"source\":\"aws.secretsmanager\",\"detail-type\":\"" + text + "\"}";
  }
}
