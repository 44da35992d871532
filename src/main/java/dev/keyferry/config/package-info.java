/**
 * The operator's configuration, read once from flags and environment. A bad one lists all its errors at once.
 */
@NullMarked
package dev.keyferry.config;

import org.jspecify.annotations.NullMarked;
