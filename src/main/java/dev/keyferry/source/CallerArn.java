package dev.keyferry.source;

import java.util.regex.Pattern;

/** What the ARN of a caller tells. */
public final class CallerArn {

  /** EC2 names the session of an instance's role after the instance. */
  private static final Pattern NODE = Pattern.compile("^arn:[^:]+:sts::\\d*:assumed-role/.+/i-[0-9a-f]{8,17}$");

  private CallerArn() {}

  /** Whether the caller is the role of an EC2 instance, so of a node: every pod there may be it, and nothing tells them apart. */
  public static boolean isNode(String arn) {
    return NODE.matcher(arn).matches();
  }
}
