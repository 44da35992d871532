package dev.keyferry.restart;

/**
 * Where a Secret stands.
 *
 * @param namespace its namespace
 * @param name its name
 */
record SecretKey(String namespace, String name) {}
