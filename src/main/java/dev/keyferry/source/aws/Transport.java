package dev.keyferry.source.aws;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

/** The one HTTP client: {@code HTTPS_PROXY}, {@code NO_PROXY} and {@code AWS_CA_BUNDLE} of the environment apply to it. */
final class Transport {

  /** This machine, and what stands on it or beside it: the Pod Identity agent and the instance's metadata service. */
  private static final Set<String> LOCAL =
      Set.of(
          "localhost", "127\\..*", "\\[?::1\\]?", "169\\.254\\.170\\.23", "169\\.254\\.169\\.254", "\\[?fd00:ec2::(23|254)\\]?");

  private Transport() {}

  /**
   * Makes the client.
   *
   * @param environment names to values; null for unset
   * @param connections connections at once, at most
   * @throws IllegalArgumentException where the proxy's URL or the CA bundle cannot be used
   */
  static SdkHttpClient create(Function<String, @Nullable String> environment, int connections) {
    return create(environment, connections, Duration.ofSeconds(10));
  }

  /** The same with another longest time between two bytes of an answer. */
  static SdkHttpClient create(Function<String, @Nullable String> environment, int connections, Duration patience) {
    Apache5HttpClient.Builder builder =
        Apache5HttpClient.builder()
            .maxConnections(connections)
            .connectionTimeout(Duration.ofSeconds(2))
            .socketTimeout(patience)
            .connectionAcquisitionTimeout(Duration.ofSeconds(10))
            .connectionMaxIdleTime(Duration.ofSeconds(50))
            .proxyConfiguration(proxy(environment));
    String bundle = value(environment, "AWS_CA_BUNDLE");
    if (bundle != null) {
      TrustManager[] trust = trust(Path.of(bundle));
      builder.tlsTrustManagersProvider(() -> trust);
    }
    return builder.build();
  }

  /** The proxy that the environment names; every AWS endpoint is https, so {@code HTTP_PROXY} is not asked. */
  static ProxyConfiguration proxy(Function<String, @Nullable String> environment) {
    ProxyConfiguration.Builder builder = ProxyConfiguration.builder().useSystemPropertyValues(false).useEnvironmentVariableValues(false);
    String proxy = eitherCase(environment, "HTTPS_PROXY");
    if (proxy == null) {
      return builder.build();
    }
    URI uri = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("HTTPS_PROXY is no URL with a host");
    }
    int port = uri.getPort() > 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    builder.endpoint(URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + port)).nonProxyHosts(direct(environment));
    String user = uri.getUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      builder.username(colon < 0 ? user : user.substring(0, colon)).password(colon < 0 ? "" : user.substring(colon + 1));
    }
    return builder.build();
  }

  /** The hosts of {@code NO_PROXY} and this machine, as the regular expressions that the SDK matches host names with. */
  private static Set<String> direct(Function<String, @Nullable String> environment) {
    Set<String> patterns = new LinkedHashSet<>(LOCAL);
    String list = eitherCase(environment, "NO_PROXY");
    for (String entry : list == null ? new String[0] : list.split(",")) {
      String host = entry.strip().toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "").replaceFirst("^\\*?\\.", "");
      if (host.equals("*")) {
        patterns.add(".*");
      } else if (!host.isEmpty()) {
        patterns.add("(.*\\.)?" + Pattern.quote(host));
      }
    }
    return patterns;
  }

  /** The JDK's default trust and the certificates of a PEM file. */
  static TrustManager[] trust(Path bundle) {
    try (InputStream pem = Files.newInputStream(bundle)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int index = 0;
      for (X509Certificate known : defaultIssuers()) {
        store.setCertificateEntry("jdk-" + index++, known);
      }
      for (Certificate added : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("bundle-" + index++, added);
      }
      return managers(store);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("AWS_CA_BUNDLE " + bundle + " is not readable as PEM certificates", e);
    }
  }

  private static X509Certificate[] defaultIssuers() throws GeneralSecurityException {
    return Arrays.stream(managers(null))
        .filter(X509TrustManager.class::isInstance)
        .flatMap(manager -> Arrays.stream(((X509TrustManager) manager).getAcceptedIssuers()))
        .toArray(X509Certificate[]::new);
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static @Nullable String eitherCase(Function<String, @Nullable String> environment, String name) {
    String upper = value(environment, name);
    return upper == null ? value(environment, name.toLowerCase(Locale.ROOT)) : upper;
  }

  private static @Nullable String value(Function<String, @Nullable String> environment, String name) {
    String value = environment.apply(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
