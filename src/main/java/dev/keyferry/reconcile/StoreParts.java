package dev.keyferry.reconcile;

import dev.keyferry.fetch.SweepPlanner;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.store.Stores;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.InstantSource;

/**
 * What the reconcilers of both kinds of store work with.
 *
 * @param gate holds reconciles back until every cache is complete
 * @param stores resolves stores
 * @param caches is given the stores' own caches
 * @param dependents wakes the ExternalSecrets of a store that changed
 * @param identities becomes a store's caller
 * @param sweeps knows how changes are noticed
 * @param scopes is told which store reads as what
 * @param events tells people what is news
 * @param client writes statuses
 * @param permits one for each request
 * @param clock the time of conditions
 */
public record StoreParts(
    Gate gate,
    Stores stores,
    StoreCaches caches,
    Dependents dependents,
    IdentityResolver identities,
    SweepPlanner sweeps,
    StoreScopes scopes,
    EventRecorder events,
    KubernetesClient client,
    RequestPermits permits,
    InstantSource clock) {}
