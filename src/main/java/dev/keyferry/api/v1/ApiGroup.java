package dev.keyferry.api.v1;

/** The names that every object of this API, and everything that the operator writes, begins with. */
public final class ApiGroup {

  /** The API group; also the prefix of every label and annotation that the operator owns. */
  public static final String NAME = "keyferry.dev";

  /** The served and stored version. */
  public static final String VERSION = "v1";

  /** The {@code apiVersion} of every object of this API. */
  public static final String API_VERSION = NAME + "/" + VERSION;

  private ApiGroup() {}
}
