package dev.keyferry.kube;

import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.net.http.HttpClient;
import java.time.Duration;

/**
 * The JDK's HTTP client for Kubernetes, whose WebSockets do not go deaf. As it comes, it may lose word of a connection that broke, never
 * learns of a peer that went without a word, and waits without end for a handshake that is not answered: a watch then hears nothing for
 * minutes, and says that it is well.
 */
public final class PingedHttpFactory extends JdkHttpClientFactory {

  private static final Duration PINGED = Duration.ofSeconds(10);
  private static final Duration HANDSHAKE = Duration.ofSeconds(15);

  private final Duration pinged;
  private final Duration handshake;

  /** Pings every 10 s, and gives a handshake 15 s. */
  public PingedHttpFactory() {
    this(PINGED, HANDSHAKE);
  }

  /**
   * For tests.
   *
   * @param pinged the time between two pings
   * @param handshake how long the answer to a handshake may take where its caller sets no bound
   */
  PingedHttpFactory(Duration pinged, Duration handshake) {
    this.pinged = pinged;
    this.handshake = handshake;
  }

  @Override
  protected HttpClient.Builder createNewHttpClientBuilder() {
    return new PingedHttpBuilder(super.createNewHttpClientBuilder(), pinged, handshake);
  }
}
