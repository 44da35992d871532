/**
 * The port to where secrets are kept, and its values: what is asked (refs, identities), and what comes back (payloads with their
 * revisions, or failures as values). It knows neither AWS's SDK nor Kubernetes.
 */
@NullMarked
package dev.keyferry.source;

import org.jspecify.annotations.NullMarked;
