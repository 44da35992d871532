package dev.keyferry.restart;

/**
 * Where a workload stands, whatever its uid.
 *
 * @param kind its kind
 * @param namespace its namespace
 * @param name its name
 */
record WorkloadKey(WorkloadKind kind, String namespace, String name) {}
