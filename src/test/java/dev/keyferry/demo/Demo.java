package dev.keyferry.demo;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/**
 * {@code mvn -q -Pdemo}: shows what the operator does, live, on a machine with nothing but a JDK and Maven. Ends with 0 when all of it
 * happened, with 1 when something did not; {@code -Dkeep=true} stays up until it is interrupted.
 */
public final class Demo {

  private static final int LOG_LINES = 20;
  private static final int LOG_WIDTH = 700;

  private Demo() {}

  /** Takes no arguments; {@code -Dkeep} is a system property. */
  public static void main(String[] args) throws InterruptedException {
    try {
      System.exit(run() ? 0 : 1);
    } catch (IOException e) {
      System.err.println("the demo could not start: " + e);
      System.exit(1);
    }
  }

  private static boolean run() throws IOException, InterruptedException {
    boolean keep = Boolean.getBoolean("keep");
    Account account = new Account(System.out);
    account.note("Keyferry's demo: the operator, an AWS emulator and a Kubernetes API, all on this machine.");
    Stage stage = Stage.open();
    Runtime.getRuntime().addShutdownHook(new Thread(stage::close, "demo-end"));
    introduce(account, stage);
    boolean happened = play(account, stage);
    if (happened && keep) {
      invite(account, stage);
      new CountDownLatch(1).await();
    }
    return happened;
  }

  private static void introduce(Account account, Stage stage) {
    account.note("  operator     process " + stage.operator.pid() + ", log " + stage.log);
    account.note("  Kubernetes   " + stage.kubernetes.url() + ", kubeconfig " + stage.kubeconfig);
    account.note("  AWS          " + stage.aws.endpoint() + ", region " + Stage.REGION);
  }

  private static boolean play(Account account, Stage stage) {
    try {
      new Scenario(stage, account).play();
      account.note(String.format(Locale.ROOT, "%nAll of it happened, in %.1f s.", account.seconds()));
      return true;
    } catch (IOException | RuntimeException e) {
      account.note("");
      account.note("FAILED after " + Math.round(account.seconds()) + " s: " + e.getMessage());
      account.note("The operator's last lines (" + stage.log + "):");
      stage.operator.lastLines(LOG_LINES).forEach(line -> account.show(line.length() > LOG_WIDTH ? line.substring(0, LOG_WIDTH) : line));
      return false;
    }
  }

  private static void invite(Account account, Stage stage) {
    account.note("");
    account.note("It stays up until Ctrl-C. In another terminal:");
    List.of(
            "export KUBECONFIG=" + stage.kubeconfig,
            "kubectl get externalsecrets,clustersecretstores -A",
            "kubectl -n shop get externalsecret payments -o yaml",
            "kubectl -n shop get secret shop-db -o yaml --show-managed-fields",
            "kubectl -n shop get deployment shop -o jsonpath='{.spec.template.metadata.annotations}' -w",
            "kubectl -n shop delete secret shop-db    # it comes back",
            "")
        .forEach(account::show);
    List.of(
            "export AWS_ENDPOINT_URL=" + stage.aws.endpoint() + " AWS_DEFAULT_REGION=" + Stage.REGION,
            "export AWS_ACCESS_KEY_ID=" + stage.aws.accessKeyId() + " AWS_SECRET_ACCESS_KEY=" + stage.aws.secretAccessKey(),
            "aws secretsmanager put-secret-value --secret-id " + Stage.SHOP_SECRET + " --secret-string '{\"password\":\"new\"}'",
            "aws secretsmanager describe-secret --secret-id " + Stage.SHOP_SECRET,
            "curl -s " + stage.operator.url() + "/metrics | grep ^keyferry_")
        .forEach(account::show);
  }
}
