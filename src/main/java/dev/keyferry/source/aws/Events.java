package dev.keyferry.source.aws;

import dev.keyferry.source.RotationStep;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.aws.QueueEvent.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of an event queue: EventBridge's events, as they are or in an envelope of SNS. Anybody who may write to the queue may have
 * written them, so they only say where to look. AWS documents the forms in the user guides of Secrets Manager ("EventBridge events"), of
 * CloudTrail and of Systems Manager.
 */
final class Events {

  /** {@code source} and {@code detail-type} of the events that are understood; rules have to name them. */
  static final String SECRETS = "aws.secretsmanager";
  static final String PARAMETERS = "aws.ssm";
  static final String LABEL = "Secret Label Updated";
  static final String API_CALL = "AWS API Call via CloudTrail";
  static final String SERVICE_EVENT = "AWS Service Event via CloudTrail";
  static final String PARAMETER = "Parameter Store Change";

  /** API calls that change what a read or a search gives. */
  static final Set<String> CALLS =
      Set.of(
          "CreateSecret", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "RotateSecret", "DeleteSecret", "RestoreSecret",
          "ReplicateSecretToRegions", "RemoveRegionsFromReplication", "StopReplicationToReplica", "TagResource", "UntagResource");

  /** Service events that change what a read gives. */
  static final Set<String> SERVICE_EVENTS = Set.of("RotationSucceeded", "EndSecretVersionDelete");

  /** Service events that say that a rotation came to nothing. */
  static final Set<String> ROTATION_FAILURES = Set.of("RotationFailed", "RotationAbandoned");

  private static final int LONGEST_ID = 2048;
  private static final int LONGEST_LABEL = 256;
  private static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z0-9]{1,16}){1,4}");
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9-]{1,64}");
  private static final Pattern SECRET_ARN = Pattern.compile("arn:[a-z0-9-]{1,16}:secretsmanager:([a-z0-9-]+):([0-9]{12}):secret:.+");

  private Events() {}

  /** Reads the body of one message; never fails. */
  static QueueEvent read(String body) {
    Optional<EventJson> read = EventJson.object(body);
    if (read.isEmpty()) {
      return new QueueEvent.Poison(Kind.OTHER);
    }
    EventJson outer = read.get();
    String wrapped = "Notification".equals(outer.raw("Type")) ? outer.raw("Message") : null;
    Optional<EventJson> event = wrapped == null ? read : EventJson.object(wrapped);
    return event.map(Events::read).orElse(new QueueEvent.Poison(Kind.OTHER));
  }

  private static QueueEvent read(EventJson event) {
    String source = event.raw("source");
    String type = event.raw("detail-type");
    if (source == null || type == null) {
      return new QueueEvent.Poison(Kind.OTHER);
    }
    if (source.equals(PARAMETERS) && type.equals(PARAMETER)) {
      return parameter(event);
    }
    if (!source.equals(SECRETS)) {
      return new QueueEvent.Irrelevant(Kind.OTHER);
    }
    return switch (type) {
      case LABEL -> label(event);
      case API_CALL -> call(event);
      case SERVICE_EVENT -> serviceEvent(event);
      default -> new QueueEvent.Irrelevant(Kind.OTHER);
    };
  }

  private static QueueEvent label(EventJson event) {
    String resource = event.first(LONGEST_ID, "resources");
    String id = resource == null ? event.text(LONGEST_ID, "detail", "name") : resource;
    String label = event.text(LONGEST_LABEL, "detail", "labelUpdated");
    return label == null ? new QueueEvent.Poison(Kind.LABEL) : secret(Kind.LABEL, event, id, label, version(event, "detail", "versionId"));
  }

  private static QueueEvent call(EventJson event) {
    String name = event.raw("detail", "eventName");
    if (name == null) {
      return new QueueEvent.Poison(Kind.API_CALL);
    }
    // Calls that failed are told of as well.
    if (!CALLS.contains(name) || event.has("detail", "errorCode")) {
      return new QueueEvent.Irrelevant(Kind.API_CALL);
    }
    String answered = version(event, "detail", "responseElements", "versionId");
    return switch (name) {
      case "PutSecretValue" -> put(event, answered);
      case "UpdateSecret" -> secret(Kind.API_CALL, event, id(event), answered == null ? null : SourceChange.CURRENT, answered);
      case "UpdateSecretVersionStage" ->
          secret(
              Kind.API_CALL,
              event,
              id(event),
              event.text(LONGEST_LABEL, "detail", "requestParameters", "versionStage"),
              version(event, "detail", "requestParameters", "moveToVersionId"));
      default -> secret(Kind.API_CALL, event, id(event), null, null);
    };
  }

  /* During a rotation a version is put under AWSPENDING alone, and what is in force stays. */
  private static QueueEvent put(EventJson event, @Nullable String version) {
    List<String> stages =
        Stream.concat(
                event.texts("detail", "responseElements", "versionStages").stream(),
                event.texts("detail", "requestParameters", "versionStages").stream())
            .distinct()
            .toList();
    boolean one = stages.size() == 1 && stages.getFirst().length() <= LONGEST_LABEL;
    return secret(Kind.API_CALL, event, id(event), one ? stages.getFirst() : null, version);
  }

  private static QueueEvent serviceEvent(EventJson event) {
    String name = event.raw("detail", "eventName");
    if (name == null) {
      return new QueueEvent.Poison(Kind.SERVICE_EVENT);
    }
    if (SERVICE_EVENTS.contains(name)) {
      return secret(Kind.SERVICE_EVENT, event, id(event), null, null);
    }
    if (!ROTATION_FAILURES.contains(name)) {
      return new QueueEvent.Irrelevant(Kind.SERVICE_EVENT);
    }
    if (secret(Kind.SERVICE_EVENT, event, id(event), null, null) instanceof QueueEvent.Change(_, var change, Instant at)
        && Arns.isArn(change.id())) {
      String text = event.raw("detail", "errorMessage");
      RotationStep step = text == null ? null : RotationStep.namedIn(text).orElse(null);
      return new QueueEvent.RotationFailed(Kind.SERVICE_EVENT, change.id(), step, at);
    }
    return new QueueEvent.Poison(Kind.SERVICE_EVENT);
  }

  /** What names the secret in a record of CloudTrail; before February 2024 some operations wrote {@code aRN}. */
  private static @Nullable String id(EventJson event) {
    String resource = event.first(LONGEST_ID, "resources");
    if (resource != null) {
      return resource;
    }
    return Stream.of(
            List.of("detail", "additionalEventData", "SecretId"),
            List.of("detail", "responseElements", "arn"),
            List.of("detail", "responseElements", "aRN"),
            List.of("detail", "responseElements", "ARN"),
            List.of("detail", "requestParameters", "secretId"),
            List.of("detail", "requestParameters", "name"))
        .flatMap(path -> Stream.ofNullable(event.text(LONGEST_ID, path.toArray(String[]::new))))
        .findFirst()
        .orElse(null);
  }

  private static QueueEvent secret(
      Kind kind, EventJson event, @Nullable String id, @Nullable String stage, @Nullable String version) {
    String region = matching(REGION, event.text(64, "region"));
    String account = matching(ACCOUNT, event.text(64, "account"));
    if (id == null || region == null || account == null) {
      return new QueueEvent.Poison(kind);
    }
    // An event tells where something was done, which may be another account than the secret's.
    if (Arns.isArn(id)) {
      var arn = SECRET_ARN.matcher(id);
      if (!arn.matches()) {
        return new QueueEvent.Poison(kind);
      }
      region = arn.group(1);
      account = arn.group(2);
    }
    return new QueueEvent.Change(kind, new SourceChange(SourceService.SECRETS_MANAGER, account, region, id, stage, version), time(event));
  }

  private static QueueEvent parameter(EventJson event) {
    String name = event.text(LONGEST_ID, "detail", "name");
    String region = matching(REGION, event.text(64, "region"));
    String account = matching(ACCOUNT, event.text(64, "account"));
    return name == null || Arns.isArn(name) || region == null || account == null
        ? new QueueEvent.Poison(Kind.PARAMETER)
        : new QueueEvent.Change(
            Kind.PARAMETER, SourceChange.of(SourceService.PARAMETER_STORE, account, region, name), time(event));
  }

  private static @Nullable String version(EventJson event, String... path) {
    return matching(VERSION, event.text(64, path));
  }

  private static @Nullable String matching(Pattern pattern, @Nullable String text) {
    return text != null && pattern.matcher(text).matches() ? text : null;
  }

  private static @Nullable Instant time(EventJson event) {
    String text = event.text(64, "time");
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
