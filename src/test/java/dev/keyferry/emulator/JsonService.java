package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** A service that speaks awsJson1.1. */
interface JsonService {

  /**
   * Does what is asked.
   *
   * @throws AwsError where AWS refuses
   */
  ObjectNode handle(Request request);
}
