package dev.keyferry.cluster;

import io.fabric8.kubernetes.api.model.ConfigBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * Writes kubeconfig files for one API server.
 *
 * @param folder where they are written
 * @param server its URL
 * @param certificate PEM file with the authority that signed the server's certificate
 */
record Kubeconfigs(Path folder, String server, Path certificate) {

  /** Writes a kubeconfig that holds a bearer token. */
  Path write(String name, String token) {
    try {
      var authority = Base64.getEncoder().encodeToString(Files.readAllBytes(certificate));
      var config =
          new ConfigBuilder()
              .addNewCluster()
              .withName("test")
              .withNewCluster()
              .withServer(server)
              .withCertificateAuthorityData(authority)
              .endCluster()
              .endCluster()
              .addNewUser()
              .withName(name)
              .withNewUser()
              .withToken(token)
              .endUser()
              .endUser()
              .addNewContext()
              .withName("test")
              .withNewContext()
              .withCluster("test")
              .withUser(name)
              .endContext()
              .endContext()
              .withCurrentContext("test")
              .build();
      return Files.writeString(folder.resolve(name.replace('/', '_') + ".kubeconfig"), Serialization.asYaml(config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
