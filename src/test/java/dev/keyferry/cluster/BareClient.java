package dev.keyferry.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.classic.methods.HttpPatch;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.ssl.SSLContexts;

/** Sends prepared applies over 32 connections and looks at no answer: what an API server takes for them at least. */
final class BareClient implements AutoCloseable {

  private static final int CONNECTIONS = 32;
  private static final ContentType APPLY = ContentType.create("application/apply-patch+yaml");

  private final String server;
  private final CloseableHttpClient client;

  /**
   * One request.
   *
   * @param path of the object, without a query
   * @param body JSON
   */
  record Apply(String path, String body) {}

  BareClient(String server, Path certificate) throws GeneralSecurityException, IOException {
    this.server = server;
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    try (InputStream pem = Files.newInputStream(certificate)) {
      for (var each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry(Integer.toString(trusted.size()), each);
      }
    }
    var tls = new DefaultClientTlsStrategy(SSLContexts.custom().loadTrustMaterial(trusted, null).build());
    var connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setTlsSocketStrategy(tls)
            .setMaxConnPerRoute(CONNECTIONS)
            .setMaxConnTotal(CONNECTIONS)
            .build();
    this.client = HttpClients.custom().setConnectionManager(connections).disableAutomaticRetries().build();
  }

  /** Sends each of them once. Returns how long that took. */
  Duration send(int count, IntFunction<Apply> applies) throws InterruptedException, ExecutionException {
    long began = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      List<? extends Future<?>> sent = IntStream.range(0, count).mapToObj(number -> threads.submit(() -> send(applies.apply(number)))).toList();
      for (Future<?> each : sent) {
        each.get();
      }
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Void send(Apply apply) throws IOException {
    var request = new HttpPatch(server + apply.path() + "?fieldManager=bare&force=true");
    request.setHeader("Authorization", "Bearer " + ControlPlane.ADMIN_TOKEN);
    request.setEntity(new StringEntity(apply.body(), APPLY));
    return client.execute(
        request,
        answer -> {
          EntityUtils.consume(answer.getEntity());
          if (answer.getCode() >= 300) {
            throw new IOException(apply.path() + ": " + answer.getCode());
          }
          return null;
        });
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
