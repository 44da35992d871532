package dev.keyferry.emulator;

import java.util.ArrayList;
import java.util.List;

/** Every call in the order in which it was answered. */
final class CallLog {

  private final List<AwsCall> calls = new ArrayList<>();

  synchronized void add(AwsCall call) {
    calls.add(call);
  }

  synchronized List<AwsCall> all() {
    return List.copyOf(calls);
  }

  synchronized int count(String operation) {
    return (int) calls.stream().filter(call -> call.operation().equals(operation)).count();
  }

  synchronized void reset() {
    calls.clear();
  }
}
