package dev.keyferry.emulator;

import com.sun.net.httpserver.Headers;

/**
 * A request as it came, and which service and operation it names.
 *
 * @param service {@code secretsmanager}, {@code ssm} or {@code sts}
 * @param operation e.g. {@code GetSecretValue}
 * @param path raw path
 * @param query raw query; empty for none
 * @param headers its headers
 * @param body its bytes
 */
record Incoming(String service, String operation, String path, String query, Headers headers, byte[] body) {

  @Override
  public String toString() {
    return "Incoming[" + service + " " + operation + "]";
  }
}
