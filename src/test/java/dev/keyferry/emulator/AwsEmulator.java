package dev.keyferry.emulator;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Secrets Manager, Parameter Store, STS and SQS of one account on one loopback address.
 *
 * <p>Requests must be signed with keys that it gave out: {@link #accessKeyId()}, {@link #addUser} or an assumed role. Everybody may do
 * everything until {@link #deny} or {@link #allowOnly}. The methods that change secrets stand for {@link #region()}; {@link #secrets} has
 * them for any region.
 */
public final class AwsEmulator implements AutoCloseable {

  private static final Keys TESTER = new Keys("AKIATESTKEYFERRY0001", "emulator/secret/access/key/for/tests/0001", null, null);
  private static final Set<String> STS = Set.of("AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity");
  private static final String AUDIENCE = "sts.amazonaws.com";

  private final String region;
  private final String accountId;
  private final InstantSource clock;
  private final Ids ids;
  private final Quirks quirks = new Quirks();
  private final Policies policies = new Policies();
  private final Faults faults = new Faults();
  private final CallLog log = new CallLog();
  private final Principals principals;
  private final Oidc oidc;
  private final TokenIssuer issuer;
  private final Map<String, SecretModel> secrets = new ConcurrentHashMap<>();
  private final Map<String, ParameterModel> parameters = new ConcurrentHashMap<>();
  private final Map<String, MessageQueue> queues = new ConcurrentHashMap<>();
  private final EventBus bus;
  private final StsService sts;
  private final Endpoint endpoint;
  private volatile String cluster;

  AwsEmulator(AwsEmulatorBuilder settings) {
    this.region = settings.region;
    this.accountId = settings.accountId;
    this.clock = settings.clock;
    this.ids = new Ids(settings.seed);
    this.principals = new Principals(accountId, ids, clock);
    this.oidc = new Oidc(clock);
    this.bus = new EventBus(accountId, ids, clock);
    this.issuer = new TokenIssuer("https://oidc.eks." + region + ".amazonaws.com/id/EMULATOR");
    this.cluster = issuer.issuer();
    principals.addUser("tester", TESTER);
    oidc.register(issuer.issuer(), new Oidc.Provider(issuer::jwks, Set.of(AUDIENCE)));
    SecretAccess access = new SecretAccess(policies, accountId);
    Map<String, JsonService> services =
        Map.of(
            "secretsmanager", new SecretsManagerService(this::secretModel, access, quirks),
            "ssm", new ParameterService(this::parameterModel, policies, quirks),
            "sqs", new QueueService(queues, policies));
    this.sts = new StsService(principals, policies, oidc, accountId);
    Authenticator authenticator = new Authenticator(principals, clock, settings.signingClock);
    this.endpoint = new Endpoint(settings.port, authenticator, services, sts, faults, log, ids);
  }

  /** Starts one on a free port, with the system's clock, in us-east-1. */
  public static AwsEmulator start() {
    return builder().start();
  }

  /** Sets it up first. */
  public static AwsEmulatorBuilder builder() {
    return new AwsEmulatorBuilder();
  }

  private SecretModel secretModel(String in) {
    String prefix = "arn:aws:secretsmanager:" + in + ":" + accountId + ":secret:";
    SecretModel.Changes changes = (before, after) -> bus.secretChanged(in, before, after);
    return secrets.computeIfAbsent(in, key -> new SecretModel(prefix, ids, clock, quirks, changes));
  }

  private ParameterModel parameterModel(String in) {
    String prefix = "arn:aws:ssm:" + in + ":" + accountId + ":parameter";
    return parameters.computeIfAbsent(
        in, key -> new ParameterModel(prefix, clock, (arn, name, operation) -> bus.parameterChanged(in, arn, name, operation)));
  }

  // Where and who.

  /** Its address, for every service. */
  public URI endpoint() {
    return endpoint.uri();
  }

  /** The region that the secrets here stand for. */
  public String region() {
    return region;
  }

  /** The account, 12 digits. */
  public String accountId() {
    return accountId;
  }

  /** Access key id of the built-in user {@code tester}. */
  public String accessKeyId() {
    return TESTER.accessKeyId();
  }

  /** Secret access key of the built-in user {@code tester}. */
  public String secretAccessKey() {
    return TESTER.secretAccessKey();
  }

  /** Adds a user; returns its keys. */
  public Keys addUser(String name) {
    return principals.addUser(name, null);
  }

  /** Makes keys unknown, as when they were deleted. */
  public void revoke(String accessKeyId) {
    principals.revoke(accessKeyId);
  }

  /** Ends every session that was made of a role so far, long before its time. */
  public void expireSessions(String roleArn) {
    principals.expireSessions(roleArn);
  }

  /** Adds a role, or changes its trust; returns its ARN. */
  public String addRole(String name, Trust trust) {
    return principals.addRole(name, trust);
  }

  // Web identity.

  /** The issuer of {@link #issueToken}; its tokens are accepted. */
  public TokenIssuer issuer() {
    return issuer;
  }

  /** A token of the emulator's own issuer, valid from now. */
  public String issueToken(String audience, String subject, Duration lifetime) {
    return issuer.token(audience, subject, clock.instant(), clock.instant().plus(lifetime));
  }

  /** A token as EKS gives to a ServiceAccount, for an hour. */
  public String issueToken(String namespace, String serviceAccount) {
    return issueToken(AUDIENCE, "system:serviceaccount:" + namespace + ":" + serviceAccount, Duration.ofHours(1));
  }

  /** Registers another issuer with its JWKS and the audiences it may issue for; signatures are checked. */
  public void trustIssuer(String issuerUrl, String jwks, String... audiences) {
    oidc.register(issuerUrl, new Oidc.Provider(() -> jwks, Set.of(audiences)));
  }

  /** Names the issuer that {@link #setJwks} is for, e.g. a cluster's; until there are keys its signatures are not checked. */
  public AwsEmulator setIssuer(String issuerUrl) {
    trustIssuerUnchecked(issuerUrl, AUDIENCE);
    cluster = issuerUrl;
    return this;
  }

  /** Gives the issuer of {@link #setIssuer} its keys, as {@code /openid/v1/jwks} serves them. */
  public AwsEmulator setJwks(String json) {
    trustIssuer(cluster, json, AUDIENCE);
    return this;
  }

  /** Registers another issuer whose signatures are not checked. */
  public void trustIssuerUnchecked(String issuerUrl, String... audiences) {
    oidc.register(issuerUrl, new Oidc.Provider(null, Set.of(audiences)));
  }

  // Policies.

  /**
   * Denies explicitly.
   *
   * @param principal ARN or name of a user or role, or a session's ARN
   * @param action e.g. {@code secretsmanager:GetSecretValue}; may hold wildcards
   * @param resource pattern of ARNs where it begins with {@code arn:}, else of names; {@code *} for all
   */
  public AwsEmulator deny(String principal, String action, String resource) {
    policies.deny(principal, new Grant(action, resource));
    return this;
  }

  /** Lets a principal do only this; replaces what it was allowed before. */
  public AwsEmulator allowOnly(String principal, Grant... grants) {
    policies.allowOnly(principal, List.of(grants));
    return this;
  }

  /** Lets a principal do everything again. */
  public AwsEmulator clearPolicies(String principal) {
    policies.clear(principal);
    return this;
  }

  // Faults: they hit the next calls of an operation, in the order in which they were ordered.

  /** Answers {@code Rate exceeded}. */
  public AwsEmulator throttle(String operation, int times) {
    return fail(operation, 400, STS.contains(operation) ? "Throttling" : "ThrottlingException", times, "Rate exceeded");
  }

  /** Answers an error. */
  public AwsEmulator fail(String operation, int httpStatus, String code, int times) {
    return fail(operation, httpStatus, code, times, "An error was ordered.");
  }

  /** Answers an error with a text. */
  public AwsEmulator fail(String operation, int httpStatus, String code, int times, String message) {
    faults.order(operation, new Faults.Fail(httpStatus, code, message), times);
    return this;
  }

  /** Closes the connection without an answer. */
  public AwsEmulator dropConnections(String operation, int times) {
    faults.order(operation, new Faults.Drop(), times);
    return this;
  }

  /** Has every call go wrong until {@link #clearFaults}; what was ordered for single operations goes first. */
  public AwsEmulator trouble(Trouble trouble) {
    return trouble(trouble, "");
  }

  /** Has every call that is signed for that region go wrong until {@link #clearFaults}. */
  public AwsEmulator trouble(Trouble trouble, String in) {
    return trouble(trouble, in, "");
  }

  /** Has every call of a service, such as {@code sts}, that is signed for that region go wrong until {@link #heal} or {@link #clearFaults}. */
  public AwsEmulator trouble(Trouble trouble, String in, String service) {
    faults.trouble(service, in, trouble.fault());
    return this;
  }

  /** Ends the trouble of one region, where it was made for that region. */
  public AwsEmulator heal(String in) {
    faults.heal(in);
    return this;
  }

  /** Delays every answer from now on; each call waits on a virtual thread of its own. */
  public AwsEmulator latency(Duration each) {
    faults.latency(each);
    return this;
  }

  /** Holds every call of an operation until the gate is released. */
  public Gate hold(String operation) {
    return faults.hold(operation);
  }

  /** Forgets faults and latency, and releases gates. */
  public AwsEmulator clearFaults() {
    faults.clear();
    return this;
  }

  // What AWS leaves open.

  /** How far ListSecrets lags behind; zero by default, AWS warns of 5 minutes. */
  public AwsEmulator listLag(Duration lag) {
    quirks.listLag(lag);
    return this;
  }

  /** Whether moving a label moves LastChangedDate; true by default. */
  public AwsEmulator stageMovesChangeDate(boolean moves) {
    quirks.stageMovesDate(moves);
    return this;
  }

  /** Whether tagging moves LastChangedDate; true by default. */
  public AwsEmulator tagsChangeDate(boolean moves) {
    quirks.tagsMoveDate(moves);
    return this;
  }

  /** Whether a secret without a value fails a whole batch; false by default: it is one of its errors. */
  public AwsEmulator emptySecretFailsBatch(boolean fails) {
    quirks.emptyFailsBatch(fails);
    return this;
  }

  /** Whether lists and batches begin with an empty page that has a NextToken, as AWS warns; false by default. */
  public AwsEmulator emptyPages(boolean empty) {
    quirks.emptyPages(empty);
    return this;
  }

  // Counters.

  /** Every call since the start or {@link #resetCounts}, in the order of its answer. */
  public List<AwsCall> calls() {
    return log.all();
  }

  /** Every session that STS gave out since the start, with its external id, tags and subject. */
  public List<Assumption> assumptions() {
    return sts.assumptions();
  }

  /** How many calls of an operation there were, whatever their outcome. */
  public int count(String operation) {
    return log.count(operation);
  }

  /** Forgets all calls. */
  public void resetCounts() {
    log.reset();
  }

  // Contents.

  /** The secrets of any region. */
  public Secrets secrets(String in) {
    return new Secrets(secretModel(in), ids, quirks);
  }

  /** The secrets of {@link #region()}. */
  public Secrets secrets() {
    return secrets(region);
  }

  /** Copies a secret of {@link #region()} as it stands to another region, as replication does. */
  public void replicate(String id, String to) {
    secretModel(to).replica(secretModel(region).require(id));
  }

  /** Creates a secret with a text; returns its ARN. */
  public String createSecret(String name, String text) {
    return secrets().create(name, text);
  }

  /** Creates a secret with bytes; returns its ARN. */
  public String createBinary(String name, byte[] bytes) {
    return secrets().createBinary(name, bytes);
  }

  /** Puts a text as AWSPENDING; returns its VersionId. */
  public String putPending(String id, String text) {
    return secrets().putPending(id, text);
  }

  /** Moves AWSCURRENT to the pending version; returns its VersionId. */
  public String promotePending(String id) {
    return secrets().promotePending(id);
  }

  /** Rotates: pending, then current; returns the new VersionId. */
  public String rotate(String id, String text) {
    return secrets().rotate(id, text);
  }

  /** Schedules deletion. */
  public void delete(String id) {
    secrets().delete(id);
  }

  /** Takes back a scheduled deletion. */
  public void restore(String id) {
    secrets().restore(id);
  }

  /** Puts a parameter, over an earlier one if need be; returns its version. */
  public long putParameter(String name, String value) {
    return parameterModel(region).put(name, value, "String", true);
  }

  /** Puts an encrypted parameter, over an earlier one if need be; returns its version. */
  public long putSecureParameter(String name, String value) {
    return parameterModel(region).put(name, value, "SecureString", true);
  }

  /** Puts a parameter of a list, over an earlier one if need be; returns its version. */
  public long putListParameter(String name, String... values) {
    return parameterModel(region).put(name, String.join(",", values), "StringList", true);
  }

  /** Puts a label on a version of a parameter. */
  public void labelParameter(String name, long version, String label) {
    parameterModel(region).label(name, version, List.of(label));
  }

  /** Adds tags to a parameter. */
  public void tagParameter(String name, Map<String, String> tags) {
    parameterModel(region).tag(name, tags);
  }

  /** Deletes a parameter. */
  public void deleteParameter(String name) {
    parameterModel(region).delete(name);
  }

  // Events.

  /** Makes a queue in {@link #region()}. */
  public MessageQueue createQueue(String name) {
    String url = endpoint() + "/" + accountId + "/" + name;
    return queues.computeIfAbsent(url, key -> new MessageQueue(key, "arn:aws:sqs:" + region + ":" + accountId + ":" + name, ids, clock));
  }

  /** Sends what EventBridge says of labels that move and of parameters to a queue, from now on. */
  public AwsEmulator sendEventsTo(MessageQueue queue) {
    bus.sendTo(queue);
    return this;
  }

  /** Stops it; calls under way are cut. */
  @Override
  public void close() {
    endpoint.close();
  }
}
