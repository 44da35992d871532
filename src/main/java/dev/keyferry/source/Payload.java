package dev.keyferry.source;

import java.nio.charset.StandardCharsets;

/** The bytes of one revision. It shows nothing of them: not in {@link #toString}, and it is neither serialisable nor comparable. */
public final class Payload {

  private final byte[] bytes;
  private final boolean text;

  private Payload(byte[] bytes, boolean text) {
    this.bytes = bytes;
    this.text = text;
  }

  /** A payload that the source keeps as text. */
  public static Payload ofText(String value) {
    return new Payload(value.getBytes(StandardCharsets.UTF_8), true);
  }

  /** A payload that the source keeps as bytes; they are copied. */
  public static Payload ofBinary(byte[] value) {
    return new Payload(value.clone(), false);
  }

  /** Whether the source keeps it as text. */
  public boolean isText() {
    return text;
  }

  /** A copy of the bytes; UTF-8 where it is text. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The bytes read as UTF-8. */
  public String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** How many bytes there are. */
  public int size() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return "Payload[" + bytes.length + " bytes, not shown]";
  }
}
