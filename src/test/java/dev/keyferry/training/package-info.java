/**
 * Makes an AOT cache: the operator runs once between an embedded Kubernetes API and an AWS emulator, so that the Java VM writes down which
 * classes it needs. Needs no network.
 */
@NullMarked
package dev.keyferry.training;

import org.jspecify.annotations.NullMarked;
