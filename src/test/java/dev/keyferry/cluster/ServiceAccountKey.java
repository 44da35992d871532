package dev.keyferry.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The key that the API server signs ServiceAccount tokens with. */
final class ServiceAccountKey {

  private static final int BITS = 2048;
  private static final int LINE = 64;

  private ServiceAccountKey() {}

  /** Writes a new private key as PEM. */
  static void write(Path file) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      var body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(generator.generateKeyPair().getPrivate().getEncoded());
      Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
