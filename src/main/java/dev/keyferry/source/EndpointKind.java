package dev.keyferry.source;

/**
 * Which of AWS's own endpoints of a service is called.
 *
 * @param fips the one whose cryptography is validated under FIPS 140; not every region has one
 * @param dualStack the one that answers over IPv6 too
 */
public record EndpointKind(boolean fips, boolean dualStack) {

  /** The usual endpoint. */
  public static final EndpointKind PLAIN = new EndpointKind(false, false);

  /** Whether it is the usual endpoint. */
  public boolean plain() {
    return equals(PLAIN);
  }
}
