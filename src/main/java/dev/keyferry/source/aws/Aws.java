package dev.keyferry.source.aws;

import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.RotationFailures;
import dev.keyferry.source.RotationSource;
import dev.keyferry.source.SecretFinder;
import dev.keyferry.source.SecretSource;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** AWS as the operator uses it: a source and the identities that read it, over shared clients. */
public final class Aws implements AutoCloseable {

  private static final String DEFAULT_REGION = "us-east-1";

  private final AwsClients clients;
  private final AwsIdentities identities;
  private final AwsSecretSource source;
  private final AwsFinder finder;
  private final Clock clock;
  private final AwsRotations rotations;
  private final AwsChangeLister lister;

  /**
   * As the other constructor, with {@link OperatorIdentity#AUTO}.
   *
   * @param environment the process's variables; null for unset
   * @param material what Kubernetes holds
   * @param listener told of every call
   * @param clock judges expiry and times calls
   * @param requests AWS requests under way at once, at least 1
   * @param fallbackRegion for a spec or scope whose region is blank; null means {@code us-east-1}
   * @param version the operator's, for the user agent
   * @throws IllegalArgumentException where {@code AWS_CA_BUNDLE} or {@code HTTPS_PROXY} cannot be used
   */
  public Aws(
      Function<String, @Nullable String> environment,
      CredentialMaterial material,
      AwsCallListener listener,
      Clock clock,
      int requests,
      @Nullable String fallbackRegion,
      String version) {
    this(environment, OperatorIdentity.AUTO, material, listener, clock, requests, fallbackRegion, version);
  }

  /**
   * Opens the HTTP client; calls nothing.
   *
   * @param environment the process's variables; null for unset
   * @param operator where the operator's own credentials come from
   * @param material what Kubernetes holds
   * @param listener told of every call
   * @param clock judges expiry and times calls
   * @param requests AWS requests under way at once, at least 1
   * @param fallbackRegion for a spec or scope whose region is blank; null means {@code us-east-1}
   * @param version the operator's, for the user agent
   * @throws IllegalArgumentException where {@code AWS_CA_BUNDLE} or {@code HTTPS_PROXY} cannot be used
   */
  public Aws(
      Function<String, @Nullable String> environment,
      OperatorIdentity operator,
      CredentialMaterial material,
      AwsCallListener listener,
      Clock clock,
      int requests,
      @Nullable String fallbackRegion,
      String version) {
    String region = fallbackRegion == null || fallbackRegion.isBlank() ? DEFAULT_REGION : fallbackRegion;
    this.clock = clock;
    this.clients = new AwsClients(environment, listener, clock, requests, version);
    Sessions sessions = new Sessions(new Sts(clients, material), clock);
    this.identities = new AwsIdentities(new Bases(new OperatorBases(environment, operator), material), sessions, clients, clock, region);
    SecretDescriptions descriptions = new SecretDescriptions(clients, new SignedCalls(clients, identities), clock);
    this.source = new AwsSecretSource(clients, identities, descriptions, region);
    this.rotations = new AwsRotations(descriptions, region);
    this.finder = new AwsFinder(clients, identities, region);
    this.lister = new AwsChangeLister(clients, identities, region);
  }

  /** Finds sources. */
  public SecretFinder finder() {
    return finder;
  }

  /** Lists secrets by their last change. */
  public ChangeLister lister() {
    return lister;
  }

  /** Reads sources. */
  public SecretSource source() {
    return source;
  }

  /** Asks how rotations stand. */
  public RotationSource rotations() {
    return rotations;
  }

  /** Resolves identities. */
  public IdentityResolver identities() {
    return identities;
  }

  /**
   * Changes out of event queues, read with the operator's own identity.
   *
   * @param rotations told of rotations that are said to have failed
   * @param listener told of what the feed does
   * @param random spreads tries after failures
   */
  public ChangeFeed feed(List<EventQueue> queues, RotationFailures rotations, ChangeFeedListener listener, RandomGenerator random) {
    return new SqsFeed(queues, clients, identities, rotations, listener, clock, random);
  }

  /** Closes the clients; calls under way fail. */
  @Override
  public void close() {
    clients.close();
  }
}
