package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEndpointsTest {

  private final AtomicReference<Health> live = new AtomicReference<>(new Health.Ok());
  private final AtomicReference<Health> ready = new AtomicReference<>(new Health.Ok());
  private final AtomicReference<RuntimeException> fault = new AtomicReference<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpEndpoints endpoints;

  @BeforeEach
  void start() throws IOException {
    endpoints =
        new HttpEndpoints(
            0,
            (out, type) -> {
              if (fault.get() != null) {
                throw fault.get();
              }
              out.write("metrics 1\n".getBytes(StandardCharsets.UTF_8));
            },
            live::get,
            ready::get);
  }

  @AfterEach
  void stop() {
    endpoints.close();
    client.close();
  }

  @Test
  void given_a_scrape_when_nothing_is_asked_for_then_prometheus_text() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics", "*/*");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("metrics 1\n");
    assertThat(response.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
  }

  @Test
  void given_a_scrape_when_open_metrics_is_accepted_then_open_metrics() throws Exception {
    HttpResponse<String> response = send("GET", "/metrics", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
    assertThat(response.headers().firstValue("Content-Type")).contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
  }

  @Test
  void given_a_fault_when_scraped_then_500_without_its_message() throws Exception {
    fault.set(new IllegalStateException("canary"));
    HttpResponse<String> response = send("GET", "/metrics", "*/*");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).doesNotContain("canary");
  }

  @Test
  void given_health_when_all_is_well_then_200() throws Exception {
    assertThat(send("GET", "/healthz", "*/*").statusCode()).isEqualTo(200);
    assertThat(send("GET", "/readyz", "*/*").body()).isEqualTo("ok\n");
  }

  @Test
  void given_health_when_something_is_not_then_503_with_one_line() throws Exception {
    ready.set(new Health.Bad("informer of Secrets has not synced\nmore"));
    HttpResponse<String> response = send("GET", "/readyz", "*/*");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).isEqualTo("informer of Secrets has not synced\n");
    assertThat(send("GET", "/healthz", "*/*").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/healthz", "/readyz"})
  void given_head_when_asked_then_no_body(String path) throws Exception {
    HttpResponse<String> response = send("HEAD", path, "*/*");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE"})
  void given_another_method_when_asked_then_405(String method) throws Exception {
    HttpResponse<String> response = send(method, "/metrics", "*/*");
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/metrics/x", "/healthzz", "/favicon.ico"})
  void given_another_path_when_asked_then_404(String path) throws Exception {
    assertThat(send("GET", path, "*/*").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> send(String method, String path, String accept) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + endpoints.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Accept", accept)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
