package dev.keyferry.restart;

import java.time.Instant;

/**
 * What tells whether a pod runs with a change.
 *
 * @param created when it was made
 * @param tokens what its template was last rolled for when it was made; empty where it never was
 */
record PodView(Instant created, TokenMap tokens) {}
