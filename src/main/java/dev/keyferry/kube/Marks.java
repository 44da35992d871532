package dev.keyferry.kube;

/** The labels and annotations that the operator writes or reads. */
public final class Marks {

  /** Label {@code "true"} on every target; the informer of targets selects by it. */
  public static final String MANAGED = "keyferry.dev/managed";

  /** Annotation on a Secret that consents to be taken over by the ExternalSecret that it names. */
  public static final String ADOPT = "keyferry.dev/adopt";

  /** Annotation {@code "true"} on a ClusterSecretStore that serves ExternalSecrets which name none. */
  public static final String DEFAULT_STORE = "keyferry.dev/default-store";

  /** Annotation on an ExternalSecret: any text; a new one has its sources looked at at once. */
  public static final String SYNC_NOW = "keyferry.dev/sync-now";

  /** The same, as External Secrets Operator's users and Argo CD's action for it write it. */
  public static final String FORCE_SYNC = "force-sync";

  /** Prefix of the annotation in which a target carries the {@link TargetRecord} of each ExternalSecret. */
  public static final String RECORD_PREFIX = "sync.keyferry.dev/";

  /**
   * Annotation on a workload: {@code "true"}, {@code "false"} or names of Secrets with commas; on a Namespace: {@code "true"} or
   * {@code "false"} for its workloads that do not say.
   */
  public static final String RESTART_ON_CHANGE = "keyferry.dev/restart-on-change";

  /** Annotation on a pod template: the tokens that it was last rolled for, a JSON map. */
  public static final String RESTART_TOKENS = "keyferry.dev/restart-tokens";

  /** Annotation on a workload's own metadata: the tokens that its pods are known to run with, a JSON map. */
  public static final String OBSERVED_TOKENS = "keyferry.dev/observed-tokens";

  /** Annotation on a workload's own metadata: when it was restarted in the last hour, or last; newest first, with commas. */
  public static final String RESTARTED_AT = "keyferry.dev/restarted-at";

  /** Annotation on a workload's own metadata: the newest of {@link #RESTARTED_AT} whose rollout was seen complete. */
  public static final String RESTART_VERIFIED = "keyferry.dev/restart-verified";

  /** Annotation on a workload: any text; a new one restarts it at once, whatever stands against it. */
  public static final String RESTART_NOW = "keyferry.dev/restart-now";

  /** Annotation on a workload: days and hours in which it may be restarted, such as {@code Sat,Sun 02:00-04:00 Europe/Berlin}. */
  public static final String RESTART_WINDOW = "keyferry.dev/restart-window";

  /** Annotation on a workload: how long after a change it is restarted outside of its window too, such as {@code 24h} or {@code 7d}. */
  public static final String RESTART_MAX_DEFER = "keyferry.dev/restart-max-defer";

  /** Annotation on a workload: {@code volumes} does not restart it for Secrets that it only mounts in whole: kubelet renews these in place. */
  public static final String HOT_RELOAD = "keyferry.dev/hot-reload";

  /** Annotation on a workload: a whole number; of those that use a Secret, one with a higher number is restarted before one with a lower. */
  public static final String RESTART_PRIORITY = "keyferry.dev/restart-priority";

  /** Annotation {@code "true"} on a Secret for which Stakater's Reloader restarts nothing. */
  public static final String RELOADER_IGNORE = "reloader.stakater.com/ignore";

  /**
   * Annotation on a workload: {@code evict} has its old pods evicted one by one, and its pod template left alone; {@code rollout} changes the
   * pod template, also of an Argo Rollout, which otherwise has its pods restarted.
   */
  public static final String RESTART_STRATEGY = "keyferry.dev/restart-strategy";

  /** Annotation on a workload's own metadata: pods made before that time are to be evicted. */
  public static final String EVICT_BEFORE = "keyferry.dev/evict-before";

  private Marks() {}
}
