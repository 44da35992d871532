/**
 * The demo: the real operator as a process of its own, on an embedded Kubernetes API and an AWS emulator. It tells what happens as it
 * happens, and fails where something does not.
 */
@NullMarked
package dev.keyferry.demo;

import org.jspecify.annotations.NullMarked;
