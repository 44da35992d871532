package dev.keyferry.observe;

/** The error codes of AWS that are worth a series of their own. */
final class AwsErrorCodes {

  private AwsErrorCodes() {}

  static BoundedLabel label() {
    return BoundedLabel.of(
        "none",
        "Network",
        "AccessDenied",
        "AccessDeniedException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "DecryptionFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IDPCommunicationError",
        "IDPRejectedClaim",
        "IncompleteSignature",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceError",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidKeyId",
        "InvalidNextTokenException",
        "InvalidParameterException",
        "InvalidRequestException",
        "KMSAccessDeniedException",
        "MalformedPolicyDocument",
        "NotAuthorized",
        "OptInRequired",
        "PackedPolicyTooLarge",
        "ParameterNotFound",
        "ParameterVersionNotFound",
        "RegionDisabledException",
        "RequestExpired",
        "RequestLimitExceeded",
        "ResourceNotFoundException",
        "ServiceUnavailable",
        "SignatureDoesNotMatch",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "UnrecognizedClientException",
        "ValidationError",
        "ValidationException");
  }
}
