package dev.keyferry.store;

import dev.keyferry.api.v1.AuthSpec;
import dev.keyferry.api.v1.AwsSpec;
import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.SecretKeyRef;
import dev.keyferry.api.v1.SecretRefAuth;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.ServiceAccountRef;
import dev.keyferry.api.v1.StoreCondition;
import dev.keyferry.api.v1.StoreRef;
import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.KeyRef;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.SourceService;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Resolves stores. */
public final class Stores {

  private static final int MAX_SESSION_NAME = 64;
  private static final String AUTO = "Auto";
  private static final String STRICT = "Strict";

  private final StoreLookup lookup;
  private final String defaultStoreAnnotation;
  private final Predicate<String> allowedEndpointHost;
  private final OperatorUse operatorUse;

  /**
   * Resolves against the cluster as it is.
   *
   * @param lookup stores and namespaces
   * @param defaultStoreAnnotation annotation that marks a ClusterSecretStore as default when it is {@code "true"}
   * @param allowedEndpointHost whether a namespaced store may name that host as its endpoint
   */
  public Stores(StoreLookup lookup, String defaultStoreAnnotation, Predicate<String> allowedEndpointHost) {
    this(lookup, defaultStoreAnnotation, allowedEndpointHost, OperatorUse.UNBOUND);
  }

  /**
   * Resolves over that lookup.
   *
   * @param lookup what the cluster holds
   * @param defaultStoreAnnotation marks a ClusterSecretStore as default where its value is {@code true}
   * @param allowedEndpointHost whether a namespaced store may name that host as its endpoint
   * @param operatorUse what a namespaced store may do with the operator's own identity
   */
  public Stores(
      StoreLookup lookup, String defaultStoreAnnotation, Predicate<String> allowedEndpointHost, OperatorUse operatorUse) {
    this.lookup = lookup;
    this.operatorUse = operatorUse;
    this.defaultStoreAnnotation = defaultStoreAnnotation;
    this.allowedEndpointHost = allowedEndpointHost;
  }

  /** The store of an ExternalSecret in that namespace; a null ref means the default store. */
  public StoreResolution resolve(String namespace, @Nullable StoreRef ref) {
    if (ref == null) {
      return resolveDefault(namespace);
    }
    return switch (ref.kindOrDefault()) {
      case StoreRef.SECRET_STORE ->
          lookup
              .secretStore(namespace, ref.name())
              .map(this::resolve)
              .orElseGet(() -> new StoreResolution.Missing("SecretStore " + namespace + "/" + ref.name() + " does not exist"));
      case StoreRef.CLUSTER_SECRET_STORE ->
          lookup
              .clusterSecretStore(ref.name())
              .map(store -> resolve(store, namespace))
              .orElseGet(() -> new StoreResolution.Missing("ClusterSecretStore " + ref.name() + " does not exist"));
      default ->
          new StoreResolution.Invalid(
              "spec.secretStoreRef.kind \"" + ref.kind() + "\" is not known: use SecretStore or ClusterSecretStore");
    };
  }

  /** What a SecretStore means for its own namespace. */
  public StoreResolution resolve(SecretStore store) {
    String namespace = store.getMetadata().getNamespace();
    String name = store.getMetadata().getName();
    AwsSpec aws = store.getSpec().provider().aws();
    if (namesForeignNamespace(aws.auth())) {
      return new StoreResolution.Invalid("provider.aws.auth of a SecretStore may not name a namespace: use a ClusterSecretStore");
    }
    if (aws.endpoint() != null) {
      URI endpoint = uri(aws.endpoint());
      if (endpoint == null || !"https".equals(endpoint.getScheme()) || endpoint.getHost() == null
          || !allowedEndpointHost.test(endpoint.getHost())) {
        return new StoreResolution.Invalid(
            "provider.aws.endpoint of a SecretStore must be https and its host one that the operator allows (--allowed-endpoints)");
      }
    }
    if (aws.auth() == null) {
      Optional<String> refusal = operatorUse.refusal(namespace, chain(aws, Map.of()).stream().map(RoleLink::roleArn).toList());
      if (refusal.isPresent()) {
        return new StoreResolution.Invalid(refusal.get());
      }
    }
    return plan(new Origin("SecretStore", namespace + "/" + name, name, namespace, AllowedKeys.ALL), aws, namespace + "@" + name);
  }

  /**
   * What a ClusterSecretStore means for a namespace.
   *
   * @param store the store
   * @param namespace who asks; null asks for the store alone
   */
  public StoreResolution resolve(ClusterSecretStore store, @Nullable String namespace) {
    String name = store.getMetadata().getName();
    Optional<String> badRegex = badRegex(store).findFirst();
    if (badRegex.isPresent()) {
      return new StoreResolution.Invalid(badRegex.get());
    }
    if (namespace != null
        && !NamespaceAdmission.admits(store.getSpec().conditions(), namespace, lookup.namespaceLabels(namespace))) {
      return new StoreResolution.NotAdmitted(
          "ClusterSecretStore " + name + " does not admit namespace " + namespace + ": see its spec.conditions");
    }
    AwsSpec aws = store.getSpec().provider().aws();
    boolean referent = dependsOnNamespace(aws.auth()) || SessionTags.namesReader(aws);
    if (referent && namespace == null) {
      return new StoreResolution.Referent(
          "the identity comes from the namespace of each ExternalSecret; their own conditions say whether it works");
    }
    String session = referent ? namespace + "@cluster." + name : "cluster=" + name;
    List<StoreCondition> conditions = store.getSpec().conditions();
    AllowedKeys keys =
        namespace == null || conditions.isEmpty()
            ? AllowedKeys.ALL
            : AllowedKeys.of(NamespaceAdmission.admitting(conditions, namespace, lookup.namespaceLabels(namespace)));
    return plan(new Origin("ClusterSecretStore", name, name, namespace, keys), aws, session);
  }

  private StoreResolution resolveDefault(String namespace) {
    List<ClusterSecretStore> defaults =
        lookup.clusterSecretStores().stream()
            .filter(store -> isDefault(store) && NamespaceAdmission.firstBadRegex(store.getSpec().conditions()) == null)
            .filter(
                store -> NamespaceAdmission.admits(store.getSpec().conditions(), namespace, lookup.namespaceLabels(namespace)))
            .toList();
    Optional<String> broken = lookup.clusterSecretStores().stream().filter(this::isDefault).flatMap(Stores::badRegex).sorted().findFirst();
    if (defaults.isEmpty() && broken.isPresent()) {
      return new StoreResolution.Invalid("spec.secretStoreRef is not set, and of the default store: " + broken.get());
    }
    return switch (defaults.size()) {
      case 0 ->
          new StoreResolution.Missing(
              "spec.secretStoreRef is not set and no ClusterSecretStore with annotation "
                  + defaultStoreAnnotation
                  + "=\"true\" admits namespace "
                  + namespace);
      case 1 -> resolve(defaults.getFirst(), namespace);
      default ->
          new StoreResolution.Invalid(
              "spec.secretStoreRef is not set and more than one default ClusterSecretStore admits namespace "
                  + namespace
                  + ": "
                  + String.join(", ", defaults.stream().map(store -> store.getMetadata().getName()).sorted().toList()));
    };
  }

  private static Stream<String> badRegex(ClusterSecretStore store) {
    return Stream.ofNullable(NamespaceAdmission.firstBadRegex(store.getSpec().conditions()))
        .map(
            bad ->
                "spec.conditions[].namespaceRegexes of ClusterSecretStore " + store.getMetadata().getName() + ": \"" + bad
                    + "\" is not a regular expression (RE2)");
  }

  private boolean isDefault(ClusterSecretStore store) {
    Map<String, String> annotations = store.getMetadata().getAnnotations();
    return annotations != null && "true".equals(annotations.get(defaultStoreAnnotation));
  }

  /** Which store a plan is of, and for whom. */
  private record Origin(String kind, String path, String name, @Nullable String namespace, AllowedKeys keys) {}

  private static StoreResolution plan(Origin origin, AwsSpec aws, String session) {
    String store = origin.kind() + " " + origin.path();
    Optional<SourceService> service = SourceService.ofWord(aws.service());
    if (service.isEmpty()) {
      return new StoreResolution.Invalid(
          "provider.aws.service \"" + aws.service() + "\" of " + store + " is not known: use SecretsManager or ParameterStore");
    }
    if (aws.changeDetection() != null && !aws.changeDetection().equals(AUTO) && !aws.changeDetection().equals(STRICT)) {
      return new StoreResolution.Invalid(
          "provider.aws.changeDetection \"" + aws.changeDetection() + "\" of " + store + " is not known: use Auto or Strict");
    }
    EndpointKind kind = new EndpointKind(Boolean.TRUE.equals(aws.useFips()), Boolean.TRUE.equals(aws.useDualStack()));
    if (aws.endpoint() != null && !kind.plain()) {
      return new StoreResolution.Invalid(
          "provider.aws.endpoint of " + store + " goes with neither useFips nor useDualStack, which choose among AWS's own endpoints");
    }
    if (SessionTags.unknown(aws)) {
      return new StoreResolution.Invalid(
          "provider.aws.sessionTagsPolicy \"" + aws.sessionTagsPolicy() + "\" of " + store + " is not known: use None, Simple or Custom");
    }
    Optional<String> misplaced = Failover.mistake(store, aws.region(), aws.failoverRegions());
    if (misplaced.isPresent()) {
      return new StoreResolution.Invalid(misplaced.get());
    }
    Map<String, String> tags = SessionTags.of(aws, origin.namespace(), origin.name(), origin.kind());
    IdentitySpec identity =
        new IdentitySpec(
            base(aws.auth(), origin.namespace()), chain(aws, tags), aws.region(), sessionName(session), kind, aws.failoverRegions());
    String prefix = aws.prefix() == null ? "" : aws.prefix();
    boolean strict = STRICT.equals(aws.changeDetection());
    return new StoreResolution.Usable(
        new StorePlan(
            store, service.get(), identity, aws.region(), aws.endpoint(), kind, prefix, origin.keys(), strict, aws.failoverRegions()));
  }

  private static IdentitySpec.Base base(@Nullable AuthSpec auth, @Nullable String namespace) {
    if (auth != null && auth.jwt() != null) {
      ServiceAccountRef ref = auth.jwt().serviceAccountRef();
      return new IdentitySpec.ServiceAccountBase(namespaceOf(ref.namespace(), namespace), ref.name());
    }
    if (auth != null && auth.secretRef() != null) {
      SecretRefAuth keys = auth.secretRef();
      SecretKeyRef session = keys.sessionTokenSecretRef();
      return new IdentitySpec.StaticKeysBase(
          keyRef(keys.accessKeyIDSecretRef(), namespace),
          keyRef(keys.secretAccessKeySecretRef(), namespace),
          session == null ? null : keyRef(session, namespace));
    }
    return new IdentitySpec.OperatorBase();
  }

  private static List<RoleLink> chain(AwsSpec aws, Map<String, String> tags) {
    List<RoleLink> chain = new ArrayList<>();
    for (String role : aws.additionalRoles()) {
      chain.add(
          aws.additionalRoleOptions().stream()
              .filter(options -> options.role().equals(role))
              .findFirst()
              .map(options -> new RoleLink(role, options.externalID(), SessionTags.written(options.sessionTags()), options.transitiveTagKeys()))
              .orElseGet(() -> new RoleLink(role, null, Map.of())));
    }
    if (aws.role() != null) {
      chain.add(new RoleLink(aws.role(), aws.externalID(), tags, aws.transitiveTagKeys()));
    }
    return chain;
  }

  private static KeyRef keyRef(SecretKeyRef ref, @Nullable String namespace) {
    return new KeyRef(namespaceOf(ref.namespace(), namespace), ref.name(), ref.key());
  }

  private static String namespaceOf(@Nullable String written, @Nullable String own) {
    String namespace = written != null ? written : own;
    if (namespace == null) {
      throw new IllegalStateException("an identity that depends on the namespace was resolved without one");
    }
    return namespace;
  }

  private static boolean namesForeignNamespace(@Nullable AuthSpec auth) {
    return auth != null && refNamespaces(auth).anyMatch(namespace -> namespace != null);
  }

  private static boolean dependsOnNamespace(@Nullable AuthSpec auth) {
    return auth != null && refNamespaces(auth).anyMatch(namespace -> namespace == null);
  }

  /** The namespaces that the refs in use name, null for a ref that names none. */
  private static Stream<@Nullable String> refNamespaces(AuthSpec auth) {
    if (auth.jwt() != null) {
      return Stream.of(auth.jwt().serviceAccountRef().namespace());
    }
    SecretRefAuth keys = auth.secretRef();
    if (keys == null) {
      return Stream.empty();
    }
    return Stream.of(
            keys.accessKeyIDSecretRef(), keys.secretAccessKeySecretRef(), keys.sessionTokenSecretRef())
        .filter(ref -> ref != null)
        .map(SecretKeyRef::namespace);
  }

  private static String sessionName(String name) {
    String allowed = name.replaceAll("[^\\w+=,.@-]", "-");
    return allowed.length() <= MAX_SESSION_NAME ? allowed : allowed.substring(0, MAX_SESSION_NAME);
  }

  private static @Nullable URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
