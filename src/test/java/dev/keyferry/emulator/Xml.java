package dev.keyferry.emulator;

import java.util.Map;

/** STS's answers. */
final class Xml {

  private static final String NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

  private Xml() {}

  static String result(String operation, Map<String, Object> members, String requestId) {
    return """
        <%1$sResponse xmlns="%2$s">
          <%1$sResult>%3$s</%1$sResult>
          <ResponseMetadata><RequestId>%4$s</RequestId></ResponseMetadata>
        </%1$sResponse>
        """
        .formatted(operation, NAMESPACE, elements(members), requestId);
  }

  static String error(AwsError error, String requestId) {
    String type = error.status() >= 500 ? "Receiver" : "Sender";
    return """
        <ErrorResponse xmlns="%s">
          <Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error>
          <RequestId>%s</RequestId>
        </ErrorResponse>
        """
        .formatted(NAMESPACE, type, error.code(), escape(error.text()), requestId);
  }

  private static String elements(Map<?, ?> members) {
    StringBuilder xml = new StringBuilder();
    members.forEach(
        (name, value) -> {
          String inner = value instanceof Map<?, ?> nested ? elements(nested) : escape(String.valueOf(value));
          xml.append('<').append(name).append('>').append(inner).append("</").append(name).append('>');
        });
    return xml.toString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
