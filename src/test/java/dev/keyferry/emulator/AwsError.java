package dev.keyferry.emulator;

/** An answer that AWS gives instead of a result. */
final class AwsError extends RuntimeException {

  private final int status;
  private final String code;

  AwsError(int status, String code, String message) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
  }

  /** A client error of the JSON services: always 400. */
  static AwsError of(String code, String message) {
    return new AwsError(400, code, message);
  }

  /** What the services' common request validation answers. */
  static AwsError validation(Object value, String member, String constraint) {
    return of(
        "ValidationException",
        "1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: %s".formatted(value, member, constraint));
  }

  static AwsError invalidParameter(String message) {
    return of("InvalidParameterException", message);
  }

  static AwsError invalidRequest(String message) {
    return of("InvalidRequestException", message);
  }

  static AwsError notFound(String message) {
    return of("ResourceNotFoundException", message);
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
