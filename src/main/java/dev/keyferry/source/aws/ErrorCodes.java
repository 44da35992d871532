package dev.keyferry.source.aws;

import java.util.Set;

/** AWS's error codes by what they mean. The SDK's own {@code retryable()} says false even for throttling, so it is not asked. */
final class ErrorCodes {

  static final Set<String> DENIED =
      Set.of("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized", "AuthorizationError");

  static final Set<String> THROTTLED =
      Set.of(
          "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
          "TooManyRequestsException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "BandwidthLimitExceeded",
          "LimitExceededException", "SlowDown", "PriorRequestNotComplete", "TransactionInProgressException");

  static final Set<String> FAULT =
      Set.of(
          "InternalServiceError", "InternalServiceErrorException", "InternalServerError", "InternalFailure", "ServiceUnavailable",
          "ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException", "ConnectionError", "HTTPClientError",
          "IDPCommunicationError", "InvalidNextTokenException");

  static final Set<String> NOT_FOUND =
      Set.of(
          "ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound", "AWS.SimpleQueueService.NonExistentQueue",
          "QueueDoesNotExist");

  static final Set<String> DECRYPTION =
      Set.of(
          "DecryptionFailure", "DecryptionFailureException", "InvalidKeyId", "KMSInvalidStateException", "KMSDisabledException",
          "KMSNotFoundException", "InvalidCiphertextException", "DisabledException", "KMSInvalidStateFault");

  /** The credentials have run out, are not known (any more) or are not the key's: new ones may help. */
  static final Set<String> STALE =
      Set.of(
          "ExpiredToken", "ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId",
          "InvalidSignatureException", "SignatureDoesNotMatch");

  static final Set<String> CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired");

  static final Set<String> SIGNATURE =
      Set.of(
          "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
          "MissingAuthenticationToken", "MissingAuthenticationTokenException");

  static final Set<String> REGION = Set.of("RegionDisabledException", "RegionDisabled", "OptInRequired", "SubscriptionRequiredException");

  static final Set<String> IDENTITY_TOKEN = Set.of("InvalidIdentityToken", "InvalidIdentityTokenException", "IDPRejectedClaim");

  static final Set<String> INVALID =
      Set.of(
          "InvalidRequestException", "InvalidParameterException", "ValidationException", "ValidationError", "InvalidParameterValue",
          "InvalidParameterCombination", "SerializationException", "UnknownOperationException", "MalformedPolicyDocument",
          "PackedPolicyTooLarge", "PackedPolicyTooLargeException");

  private ErrorCodes() {}

  /** Whether the code is one that AWS documents; a foreign endpoint may send any text as its code. */
  static boolean known(String code) {
    return DENIED.contains(code) || THROTTLED.contains(code) || FAULT.contains(code) || NOT_FOUND.contains(code)
        || DECRYPTION.contains(code) || STALE.contains(code) || CLOCK.contains(code) || SIGNATURE.contains(code)
        || REGION.contains(code) || IDENTITY_TOKEN.contains(code) || INVALID.contains(code);
  }
}
