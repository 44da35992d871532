package dev.keyferry.source.aws;

/** Messages as AWS documents them. */
final class EventTexts {

  static final String ACCOUNT = "111122223333";
  static final String REGION = "eu-west-1";
  static final String ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/db-aBcDeF";

  private EventTexts() {}

  static String label(String arn, String label, String version) {
    return envelope(
        "aws.secretsmanager",
        "Secret Label Updated",
        "[\"" + arn + "\"]",
        "{\"name\":\"shop/db\",\"labelUpdated\":\"" + label + "\",\"versionId\":\"" + version + "\"}");
  }

  static String call(String name, String request, String response) {
    return envelope(
        "aws.secretsmanager",
        "AWS API Call via CloudTrail",
        "[]",
        """
        {"eventVersion":"1.09","userIdentity":{"type":"AssumedRole"},"eventSource":"secretsmanager.amazonaws.com","eventName":"%s",
        "awsRegion":"eu-west-1","requestParameters":%s,"responseElements":%s,"readOnly":false,"eventType":"AwsApiCall"}"""
            .formatted(name, request, response));
  }

  static String serviceEvent(String name, String arn) {
    return envelope(
        "aws.secretsmanager",
        "AWS Service Event via CloudTrail",
        "[]",
        """
        {"eventSource":"secretsmanager.amazonaws.com","eventName":"%s","awsRegion":"eu-west-1","requestParameters":null,
        "responseElements":null,
        "errorMessage":"Error when executing lambda arn:x during setSecret step","additionalEventData":{"SecretId":"%s"},"eventType":"AwsServiceEvent"}"""
            .formatted(name, arn));
  }

  static String parameter(String operation, String name) {
    return envelope(
        "aws.ssm",
        "Parameter Store Change",
        "[\"arn:aws:ssm:eu-west-1:111122223333:parameter" + (name.startsWith("/") ? "" : "/") + name + "\"]",
        "{\"operation\":\"" + operation + "\",\"name\":\"" + name + "\",\"type\":\"SecureString\",\"description\":\"\"}");
  }

  static String envelope(String source, String type, String resources, String detail) {
    return """
        {"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"%s","source":"%s","account":"111122223333",
        "time":"2026-01-01T00:00:00Z","region":"eu-west-1","resources":%s,"detail":%s}"""
        .formatted(type, source, resources, detail);
  }

  static String sns(String message) {
    String quoted = message.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    return "{\"Type\":\"Notification\",\"TopicArn\":\"arn:aws:sns:eu-west-1:111122223333:t\",\"Message\":\"" + quoted + "\"}";
  }
}
