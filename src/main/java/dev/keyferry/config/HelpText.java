package dev.keyferry.config;

/** What {@code --help} prints. */
final class HelpText {

  private static final String AWS =
      """

      Variables of the AWS SDK that are honoured:
        AWS_REGION, AWS_DEFAULT_REGION           region of the operator's own STS calls where a store names none
        AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE  the operator's own identity (IRSA)
        AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
                                                 the operator's own identity (EKS Pod Identity)
        AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                                                 the operator's own identity, by keys
        AWS_ENDPOINT_URL                         endpoint of all services
        AWS_ENDPOINT_URL_SECRETS_MANAGER, AWS_ENDPOINT_URL_SSM, AWS_ENDPOINT_URL_STS
                                                 endpoint of one service
        AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT
                                                 true: those endpoints, where none is given
        AWS_CA_BUNDLE                            file of certificates to trust
        HTTPS_PROXY, NO_PROXY                    proxy, and hosts that are reached without it

      Kubernetes: the pod's ServiceAccount, or outside a cluster
        KUBECONFIG                               file that names the cluster and the user
      """;

  private HelpText() {}

  /** The text, with a line end. */
  static String text() {
    StringBuilder text = new StringBuilder(2048);
    text.append("Keyferry carries AWS secrets into Kubernetes Secrets and restarts the workloads that use them.\n\n");
    text.append("java -jar keyferry.jar [flag value | flag=value]...\n\n");
    text.append("A flag wins over its variable. Durations are such as 15s, 5m, 1h30m.\n\n");
    for (Setting setting : Setting.values()) {
      text.append("  ").append(setting.flag()).append(" (").append(setting.environmentName()).append(")\n");
      text.append("      ").append(setting.description());
      if (!setting.defaultText().isEmpty()) {
        text.append(" [").append(setting.defaultText()).append(']');
      }
      text.append('\n');
    }
    text.append("  --version\n      print the version and end\n");
    text.append("  --help\n      print this and end\n");
    return text.append(AWS).toString();
  }
}
