package dev.keyferry.emulator;

import java.util.ArrayList;
import java.util.List;

/** What principals may do: everything, unless something was denied or only certain things were allowed. */
final class Policies {

  private record Rule(String principal, Grant grant) {}

  private final List<Rule> denied = new ArrayList<>();
  private final List<Rule> allowed = new ArrayList<>();
  private final List<String> restricted = new ArrayList<>();

  synchronized void deny(String principal, Grant grant) {
    denied.add(new Rule(principal, grant));
  }

  synchronized void allowOnly(String principal, List<Grant> grants) {
    allowed.removeIf(rule -> rule.principal().equals(principal));
    restricted.add(principal);
    grants.forEach(grant -> allowed.add(new Rule(principal, grant)));
  }

  synchronized void clear(String principal) {
    denied.removeIf(rule -> rule.principal().equals(principal));
    allowed.removeIf(rule -> rule.principal().equals(principal));
    restricted.removeIf(principal::equals);
  }

  /** Fails as the JSON services do where the caller may not. */
  void check(Caller caller, String action, Resource on) {
    String reason = refusal(caller, action, on);
    if (!reason.isEmpty()) {
      throw AwsError.of("AccessDeniedException", denial(caller, action, on) + " " + reason);
    }
  }

  /** The message without its reason. */
  static String denial(Caller caller, String action, Resource on) {
    String resource = on.named() ? " on resource: " + on.shown() : "";
    return "User: " + caller.arn() + " is not authorized to perform: " + action + resource;
  }

  /** Why not; empty where it may. */
  synchronized String refusal(Caller caller, String action, Resource on) {
    if (denied.stream().anyMatch(rule -> applies(rule, caller, action, on))) {
      return "with an explicit deny in an identity-based policy";
    }
    boolean free = restricted.stream().noneMatch(caller::isNamed);
    if (free || allowed.stream().anyMatch(rule -> applies(rule, caller, action, on))) {
      return "";
    }
    return "because no identity-based policy allows the " + action + " action";
  }

  private static boolean applies(Rule rule, Caller caller, String action, Resource on) {
    return caller.isNamed(rule.principal()) && rule.grant().covers(action, on);
  }
}
