package dev.keyferry.kube;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** Builds {@link PingedHttp}, and leaves all else as it is. */
record PingedHttpBuilder(HttpClient.Builder plain, Duration pinged, Duration handshake) implements HttpClient.Builder {

  @Override
  public HttpClient build() {
    return new PingedHttp(plain.build(), pinged, handshake);
  }

  @Override
  public HttpClient.Builder cookieHandler(CookieHandler cookieHandler) {
    plain.cookieHandler(cookieHandler);
    return this;
  }

  @Override
  public HttpClient.Builder connectTimeout(Duration duration) {
    plain.connectTimeout(duration);
    return this;
  }

  @Override
  public HttpClient.Builder sslContext(SSLContext sslContext) {
    plain.sslContext(sslContext);
    return this;
  }

  @Override
  public HttpClient.Builder sslParameters(SSLParameters sslParameters) {
    plain.sslParameters(sslParameters);
    return this;
  }

  @Override
  public HttpClient.Builder executor(Executor executor) {
    plain.executor(executor);
    return this;
  }

  @Override
  public HttpClient.Builder followRedirects(HttpClient.Redirect policy) {
    plain.followRedirects(policy);
    return this;
  }

  @Override
  public HttpClient.Builder version(HttpClient.Version version) {
    plain.version(version);
    return this;
  }

  @Override
  public HttpClient.Builder priority(int priority) {
    plain.priority(priority);
    return this;
  }

  @Override
  public HttpClient.Builder proxy(ProxySelector proxySelector) {
    plain.proxy(proxySelector);
    return this;
  }

  @Override
  public HttpClient.Builder authenticator(Authenticator authenticator) {
    plain.authenticator(authenticator);
    return this;
  }
}
