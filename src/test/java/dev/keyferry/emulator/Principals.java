package dev.keyferry.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Users, roles, and the keys that were given to them. Thread-safe. */
final class Principals {

  /** A role. */
  record Role(String arn, String id, Trust trust) {
    String name() {
      return arn.substring(arn.lastIndexOf('/') + 1);
    }
  }

  /** Keys and whose they are. */
  record Issued(Keys keys, Caller caller) {
    private Issued endedAt(Instant end) {
      return new Issued(new Keys(keys.accessKeyId(), keys.secretAccessKey(), keys.sessionToken(), end), caller);
    }
  }

  private final String accountId;
  private final Ids ids;
  private final InstantSource clock;
  private final Map<String, Issued> byAccessKey = new HashMap<>();
  private final Map<String, Role> roles = new HashMap<>();

  Principals(String accountId, Ids ids, InstantSource clock) {
    this.accountId = accountId;
    this.ids = ids;
    this.clock = clock;
  }

  synchronized Keys addUser(String name, @Nullable Keys given) {
    Keys keys = given == null ? new Keys(ids.unique("AKIA"), ids.text(40), null, null) : given;
    String arn = "arn:aws:iam::" + accountId + ":user/" + name;
    byAccessKey.put(keys.accessKeyId(), new Issued(keys, new Caller(arn, ids.unique("AIDA"), arn, false)));
    return keys;
  }

  synchronized void revoke(String accessKeyId) {
    byAccessKey.remove(accessKeyId);
  }

  synchronized String addRole(String name, Trust trust) {
    String arn = "arn:aws:iam::" + accountId + ":role/" + name;
    roles.put(arn, new Role(arn, ids.unique("AROA"), trust));
    return arn;
  }

  synchronized Optional<Role> role(String arn) {
    return Optional.ofNullable(roles.get(arn));
  }

  /** Gives keys for a session of a role. */
  synchronized Issued session(Role role, String sessionName, Duration lifetime) {
    Instant end = Instant.ofEpochSecond(clock.instant().plus(lifetime).getEpochSecond());
    Keys keys = new Keys(ids.unique("ASIA"), ids.text(40), "IQoJb3JpZ2luX2VjE" + ids.text(120), end);
    String arn = "arn:aws:sts::" + accountId + ":assumed-role/" + role.name() + "/" + sessionName;
    Issued issued = new Issued(keys, new Caller(arn, role.id() + ":" + sessionName, role.arn(), true));
    byAccessKey.put(keys.accessKeyId(), issued);
    return issued;
  }

  /** Ends every session of a role by now. */
  synchronized void expireSessions(String roleArn) {
    Instant now = clock.instant();
    byAccessKey.replaceAll(
        (id, issued) -> issued.caller().session() && issued.caller().subject().equals(roleArn) ? issued.endedAt(now) : issued);
  }

  synchronized Optional<Issued> find(String accessKeyId) {
    return Optional.ofNullable(byAccessKey.get(accessKeyId));
  }
}
