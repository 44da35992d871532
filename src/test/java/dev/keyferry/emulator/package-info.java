/**
 * A strict emulator of Secrets Manager, Parameter Store and STS behind one loopback endpoint. It answers with AWS's codes and texts, counts
 * every call, and has a fluent Java side for tests and the demo.
 */
@NullMarked
package dev.keyferry.emulator;

import org.jspecify.annotations.NullMarked;
