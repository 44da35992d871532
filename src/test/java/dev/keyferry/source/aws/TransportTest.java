package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

class TransportTest {

  private static boolean direct(ProxyConfiguration proxy, String host) {
    return proxy.nonProxyHosts().stream().anyMatch(host::matches);
  }

  @Test
  void given_a_proxy_with_a_user_when_it_is_read_then_host_port_and_user_are_known() {
    ProxyConfiguration proxy = Transport.proxy(Map.of("https_proxy", "http://jo:pw@proxy.example:3128")::get);

    assertThat(proxy.host()).isEqualTo("proxy.example");
    assertThat(proxy.port()).isEqualTo(3128);
    assertThat(proxy.username()).isEqualTo("jo");
    assertThat(proxy.password()).isEqualTo("pw");
  }

  @Test
  void given_no_proxy_when_hosts_are_asked_then_suffixes_names_and_this_machine_go_direct() {
    String direct = "10.0.0.1, .vpce.amazonaws.com,*.internal:443,exact.example";
    Map<String, String> environment = Map.of("HTTPS_PROXY", "proxy:80", "NO_PROXY", direct);
    ProxyConfiguration proxy = Transport.proxy(environment::get);

    assertThat(direct(proxy, "secretsmanager.vpce.amazonaws.com")).isTrue();
    assertThat(direct(proxy, "a.internal")).isTrue();
    assertThat(direct(proxy, "exact.example")).isTrue();
    assertThat(direct(proxy, "127.0.0.1")).isTrue();
    assertThat(direct(proxy, "10x0.0.1")).isFalse();
    assertThat(direct(proxy, "notexact.example")).isFalse();
    assertThat(direct(proxy, "secretsmanager.eu-west-1.amazonaws.com")).isFalse();
  }

  @Test
  void given_no_proxy_variable_when_it_is_read_then_there_is_no_proxy() {
    assertThat(Transport.proxy(Map.of("HTTP_PROXY", "http://proxy:80")::get).host()).isNull();
  }

  @Test
  void given_a_bundle_when_trust_is_made_then_its_certificate_and_the_jdks_are_trusted(@TempDir Path folder) throws Exception {
    X509Certificate known = jdkIssuers()[0];
    String encoded = Base64.getMimeEncoder().encodeToString(known.getEncoded());
    String pem = "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n";
    Path bundle = Files.writeString(folder.resolve("ca.pem"), pem);

    var trust = (X509TrustManager) Transport.trust(bundle)[0];

    assertThat(trust.getAcceptedIssuers()).contains(known).hasSizeGreaterThanOrEqualTo(jdkIssuers().length);
  }

  @Test
  void given_a_bundle_that_is_none_when_trust_is_made_then_the_variable_is_named(@TempDir Path folder) {
    assertThatThrownBy(() -> Transport.trust(folder.resolve("absent.pem")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("AWS_CA_BUNDLE");
  }

  private static X509Certificate[] jdkIssuers() throws Exception {
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return Arrays.stream(factory.getTrustManagers())
        .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
        .toArray(X509Certificate[]::new);
  }
}
