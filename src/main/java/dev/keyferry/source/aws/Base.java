package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial.ServiceAccountRole;
import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.SourceFailure;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** What a chain of credentials begins with, as it was found. */
sealed interface Base {

  /** Everything that tells one base from another; for a keyed digest only, since key material is among it. */
  List<String> parts();

  /** The operator's own web identity: a role, and the file that the kubelet keeps the token in. */
  record TokenFile(String roleArn, Path file) implements Base {
    @Override
    public List<String> parts() {
      return List.of("token-file", roleArn, file.toString());
    }
  }

  /** The operator's Pod Identity: the agent on the node, and the file that the kubelet keeps the token for it in. */
  record PodIdentity(URI endpoint, Path file) implements Base {
    @Override
    public List<String> parts() {
      return List.of("pod-identity", endpoint.toString(), file.toString());
    }
  }

  /** The node's role, by the instance's metadata service at that address. */
  record InstanceProfile(URI endpoint) implements Base {
    @Override
    public List<String> parts() {
      return List.of("instance-profile", endpoint.toString());
    }
  }

  /** A ServiceAccount of the cluster with the role that it is annotated with. */
  record Account(String namespace, String name, ServiceAccountRole role) implements Base {
    @Override
    public List<String> parts() {
      return List.of("service-account", namespace, name, role.uid(), role.roleArn(), role.audience());
    }
  }

  /** Static keys. */
  record Keys(StaticKeys keys) implements Base {
    @Override
    public List<String> parts() {
      String token = keys.sessionToken();
      return List.of("static-keys", keys.accessKeyId(), keys.secretAccessKey(), token == null ? "" : token);
    }
  }

  /** What looking for a base gave. */
  sealed interface Look {}

  /** It is there. */
  record Ready(Base base) implements Look {}

  /** It is not there. */
  record Missing(SourceFailure failure) implements Look {}

  /** Kubernetes could not be asked; what was known before still stands. */
  record Unknown(SourceFailure failure) implements Look {}
}
