package dev.keyferry.source.aws;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentityResolver.Unresolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.KeyRef;
import dev.keyferry.source.IdentitySpec.OperatorBase;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.IdentitySpec.ServiceAccountBase;
import dev.keyferry.source.IdentitySpec.StaticKeysBase;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The adapter on a stub of AWS, a clock and a cluster of the test's own. */
final class Rig implements AutoCloseable {

  static final String REGION = "eu-west-1";
  static final StaticKeysBase KEYS = new StaticKeysBase(new KeyRef("team-a", "aws", "id"), new KeyRef("team-a", "aws", "secret"), null);
  static final ServiceAccountBase ACCOUNT = new ServiceAccountBase("team-a", "app");

  final StubAws stub = new StubAws();
  final TestClock clock = new TestClock();
  final FakeMaterial material = new FakeMaterial();
  final Map<String, String> environment = new ConcurrentHashMap<>();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final Aws aws;

  Rig() {
    this(OperatorIdentity.AUTO);
  }

  Rig(OperatorIdentity operator) {
    environment.put("AWS_ENDPOINT_URL", stub.endpoint());
    aws =
        new Aws(
            environment::get,
            operator,
            material,
            (service, operation, code, attempts, duration) -> calls.add(service + " " + operation + " " + code + " " + attempts),
            clock,
            32,
            null,
            "1.2.3");
  }

  static IdentitySpec spec(IdentitySpec.Base base, RoleLink... chain) {
    return new IdentitySpec(base, List.of(chain), REGION, "team-a-store");
  }

  static IdentitySpec operator() {
    return spec(new OperatorBase());
  }

  static RoleLink role(String name) {
    return new RoleLink("arn:aws:iam::111122223333:role/" + name, null, Map.of());
  }

  static SourceRef secret(String key) {
    return secret(key, VersionSelector.CURRENT);
  }

  static SourceRef secret(String key, VersionSelector version) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, version);
  }

  static SourceRef parameter(String key, VersionSelector version) {
    return new SourceRef(SourceService.PARAMETER_STORE, key, version);
  }

  static String arn(String name) {
    return "arn:aws:secretsmanager:eu-west-1:111122223333:secret:" + name + "-AbCdEf";
  }

  Identity identity(IdentitySpec spec) {
    return switch (aws.identities().resolve(spec)) {
      case Resolved(Identity identity) -> identity;
      case Unresolved(SourceFailure failure) -> throw new AssertionError("not resolved: " + failure);
    };
  }

  Scope scope(IdentitySpec spec) {
    return new Scope(identity(spec), REGION, null);
  }

  Fetched read(IdentitySpec spec, SourceRef ref) {
    return aws.source().read(scope(spec), ref);
  }

  SourceFailure failure(IdentitySpec spec, SourceRef ref) {
    return ((Fetched.Failed) read(spec, ref)).failure();
  }

  @Override
  public void close() {
    aws.close();
    stub.close();
  }
}
