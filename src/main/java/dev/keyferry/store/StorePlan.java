package dev.keyferry.store;

import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceService;
import org.jspecify.annotations.Nullable;

/**
 * What a store means for one namespace.
 *
 * @param store such as {@code SecretStore shop/aws} or {@code ClusterSecretStore aws}
 * @param service where its sources are kept
 * @param identity how to become the caller
 * @param region where to read
 * @param endpoint overrides the service's endpoint; null for AWS's own
 */
public record StorePlan(String store, SourceService service, IdentitySpec identity, String region, @Nullable String endpoint) {}
