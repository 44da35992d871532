package dev.keyferry.demo;

import dev.keyferry.api.v1.DataFromEntry;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.RemoteRef;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.api.v1.StoreRef;
import dev.keyferry.kube.Marks;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The five things that the demo shows. Each fails where it does not happen in time. */
final class Scenario {

  private static final String INTERVAL = "2s";
  private static final String FIRST_PASSWORD = "sixteen-bytes-01";
  private static final String NEW_PASSWORD = "twenty-four-bytes-now-02";
  private static final Duration START = Duration.ofSeconds(30);
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final Duration TWO_LOOKS = Duration.ofMillis(4500);

  private final Stage stage;
  private final Account account;
  private final Wait wait;
  private final Manifests manifests;
  private final Shop shop;
  private final Set<String> templates = ConcurrentHashMap.newKeySet();

  Scenario(Stage stage, Account account) {
    this.stage = stage;
    this.account = account;
    this.wait = new Wait(stage.operator::running);
    this.shop = new Shop(stage.client);
    this.manifests = new Manifests(stage.client, Path.of(""));
  }

  /** Plays all five. */
  void play() throws IOException {
    secretAppears();
    try (Watch _ = watchTemplates()) {
      rotationArrives();
      restartsOnce();
    }
    denialIsExplained();
    metricsSaySo();
  }

  private void secretAppears() throws IOException {
    account.step("A Secret appears");
    stage.aws.createSecret(Stage.SHOP_SECRET, shopValue(FIRST_PASSWORD));
    account.did("AWS: created " + Stage.SHOP_SECRET);
    account.did("applied crds/: " + stage.definitions().size() + " definitions");
    wait.until("expected the operator to become ready", START, () -> stage.operator.ready() ? true : null);
    account.saw("the operator is ready (/readyz)");
    for (String file : List.of("namespace.yaml", "clustersecretstore.yaml", "deployment.yaml")) {
      account.did("applied deploy/examples/" + file + ": " + String.join(", ", manifests.example(file)));
    }
    String applied = manifests.externalSecret("externalsecret.yaml", INTERVAL);
    account.did("applied deploy/examples/externalsecret.yaml with refreshInterval " + INTERVAL + ": " + applied);
    Secret secret = wait.until("expected the Secret shop/shop-db to appear", START, shop::secret);
    account.saw("Secret shop/shop-db is there: " + View.sizes(secret));
    wait.until("expected the ExternalSecret to be Ready", SOON, () -> "True".equals(shop.readyStatus(Shop.NAME)) ? true : null);
    showTable();
    wait.until("expected the Deployment to note what its pods run with", SOON, shop::observedTokens);
    account.saw("Deployment shop notes which version its pods run with (" + Marks.OBSERVED_TOKENS + "); no restart");
  }

  private void rotationArrives() {
    account.step("A rotation reaches the Secret, and only when it is finished");
    String before = Shop.version(shop.secret());
    String revision = shop.revision();
    int reads = stage.reads();
    stage.aws.putPending(Stage.SHOP_SECRET, shopValue(NEW_PASSWORD));
    account.did("AWS: put a new version with the stage AWSPENDING");
    wait.watch("expected no change at AWSPENDING", TWO_LOOKS, () -> !before.equals(Shop.version(shop.secret())));
    int looks = stage.reads() - reads;
    if (looks == 0) {
      throw new StepFailed("expected the operator to look at AWS every " + INTERVAL);
    }
    account.saw("nothing happened: " + looks + " looks at AWS since, Secret still at resourceVersion " + before);
    stage.aws.promotePending(Stage.SHOP_SECRET);
    account.did("AWS: moved AWSCURRENT to it");
    Secret after =
        wait.until(
            "expected the new value in the Secret", SOON, () -> Shop.holds(shop.secret(), NEW_PASSWORD) ? shop.secret() : null);
    account.saw("Secret shop/shop-db has it: " + View.sizes(after));
    String now =
        wait.until(
            "expected the status to name the new revision", SOON, () -> revision.equals(shop.revision()) ? null : shop.revision());
    account.saw("status.sources: revision " + shorten(revision) + " became " + shorten(now));
  }

  private void restartsOnce() {
    account.step("The Deployment restarts, once");
    wait.until("expected " + Marks.RESTART_TOKENS + " on the Deployment's pod template", SOON, shop::restartTokens);
    account.saw("pod template of Deployment shop has " + Marks.RESTART_TOKENS + ": its pods roll");
    wait.watch("expected one restart, but the pod template changed again", TWO_LOOKS, () -> templates.size() > 1);
    if (templates.size() != 1) {
      throw new StepFailed("expected exactly one change of the pod template, saw " + templates.size());
    }
    account.saw("still that one change, two looks at AWS later");
  }

  private void denialIsExplained() throws IOException {
    account.step("A denied read is explained");
    stage.aws.createSecret(Stage.PAYMENTS_SECRET, "{\"token\":\"0123456789\"}");
    account.did("AWS: created " + Stage.PAYMENTS_SECRET + ", which the operator's policy does not allow");
    account.did("applied " + manifests.apply(payments()));
    StatusCondition ready =
        wait.until("expected ExternalSecret payments to say why it is not ready", SOON, () -> Shop.explained(shop.condition("payments")));
    showTable();
    account.saw("condition Ready is " + ready.status() + ", " + ready.reason() + ":");
    View.wrap(ready.message(), 110).forEach(account::show);
    Event event = wait.until("expected a Warning event", SOON, shop::warning);
    account.saw("event " + event.getReason() + " on " + event.getInvolvedObject().getKind() + "/" + event.getInvolvedObject().getName());
    if (!"True".equals(shop.readyStatus(Shop.NAME))) {
      throw new StepFailed("expected the other ExternalSecret to be untouched");
    }
    account.saw("ExternalSecret shop-db is untouched");
  }

  private void metricsSaySo() {
    account.step("The metrics say so");
    account.did("GET " + stage.operator.url() + "/metrics");
    for (MetricLine line : MetricLine.WANTED) {
      String found = wait.until("expected a metric " + line, SOON, () -> line.find(stage.operator.metrics()));
      account.show(found);
    }
    if (stage.operator.logHolds(FIRST_PASSWORD) || stage.operator.logHolds(NEW_PASSWORD)) {
      throw new StepFailed("expected no value of a secret in the operator's log");
    }
    account.saw("the operator's log holds no value of a secret");
    account.saw(stage.reads() + " reads of Secrets Manager, " + stage.operatorWrites() + " Kubernetes writes by the operator in all");
  }

  private static String shopValue(String password) {
    return "{\"username\":\"shop\",\"password\":\"" + password + "\",\"host\":\"db.shop.svc\"}";
  }

  private static ExternalSecret payments() {
    ExternalSecret object = new ExternalSecret();
    object.setMetadata(new ObjectMetaBuilder().withName("payments").withNamespace(Shop.NAMESPACE).build());
    StoreRef store = new StoreRef("aws", StoreRef.CLUSTER_SECRET_STORE);
    DataFromEntry all = new DataFromEntry(new RemoteRef(Stage.PAYMENTS_SECRET, null, null));
    object.setSpec(new ExternalSecretSpec(store, null, null, List.of(all), INTERVAL, null, null));
    return object;
  }

  private Watch watchTemplates() {
    return stage.client.apps().deployments().inNamespace(Shop.NAMESPACE).withName("shop").watch(
        new Watcher<>() {
          @Override
          public void eventReceived(Action action, Deployment deployment) {
            String tokens = action == Action.BOOKMARK ? null : Shop.annotation(deployment);
            if (tokens != null) {
              templates.add(tokens);
            }
          }

          @Override
          public void onClose(WatcherException cause) {}
        });
  }

  private static String shorten(String revision) {
    return revision.length() <= 8 ? revision : revision.substring(0, 8) + "...";
  }

  private void showTable() throws IOException {
    account.saw("kubectl -n shop get externalsecrets");
    View.table(stage.kubernetes.url(), "/apis/keyferry.dev/v1/namespaces/shop/externalsecrets").forEach(account::show);
  }
}
