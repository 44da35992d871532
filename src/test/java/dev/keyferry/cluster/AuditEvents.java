package dev.keyferry.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Requests to count; each filter gives a smaller set.
 *
 * @param events in the order of the log
 */
record AuditEvents(List<AuditEvent> events) {

  AuditEvents {
    events = List.copyOf(events);
  }

  AuditEvents that(Predicate<AuditEvent> filter) {
    return new AuditEvents(events.stream().filter(filter).toList());
  }

  AuditEvents by(String user) {
    return that(event -> event.user().equals(user));
  }

  /** Those of the operator under its shipped role. */
  AuditEvents byOperator() {
    return by(Cluster.OPERATOR);
  }

  AuditEvents in(String namespace) {
    return that(event -> event.namespace().equals(namespace));
  }

  AuditEvents verb(String verb) {
    return that(event -> event.verb().equals(verb));
  }

  /** Those on a resource, or with a slash on a subresource; {@code secrets} does not include its subresources. */
  AuditEvents on(String what) {
    return that(event -> event.what().equals(what));
  }

  /** Those that ask for a change, refused ones too. */
  AuditEvents writes() {
    return that(AuditEvent::write);
  }

  /** Those without leader election, whose writes never cease. */
  AuditEvents withoutLeases() {
    return that(event -> !event.resource().equals("leases"));
  }

  /** Those that the server refused for want of a right. */
  AuditEvents forbidden() {
    return that(event -> event.code() == 403);
  }

  int count() {
    return events.size();
  }

  /** Counts by {@code verb what code}, sorted; what a failing assertion should show. */
  Map<String, Integer> summary() {
    var counts = new TreeMap<String, Integer>();
    events.forEach(event -> counts.merge("%s %s %d".formatted(event.verb(), event.what(), event.code()), 1, Integer::sum));
    return counts;
  }
}
