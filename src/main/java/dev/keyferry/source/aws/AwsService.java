package dev.keyferry.source.aws;

/** The services that are called: their name for metrics and their prefix in IAM actions and host names. */
enum AwsService {
  SECRETS_MANAGER("SecretsManager", "secretsmanager", "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
  PARAMETER_STORE("SSM", "ssm", "AWS_ENDPOINT_URL_SSM"),
  STS("STS", "sts", "AWS_ENDPOINT_URL_STS"),
  SQS("SQS", "sqs", "AWS_ENDPOINT_URL_SQS");

  private final String label;
  private final String prefix;
  private final String endpointVariable;

  AwsService(String label, String prefix, String endpointVariable) {
    this.label = label;
    this.prefix = prefix;
    this.endpointVariable = endpointVariable;
  }

  String label() {
    return label;
  }

  String prefix() {
    return prefix;
  }

  String endpointVariable() {
    return endpointVariable;
  }
}
