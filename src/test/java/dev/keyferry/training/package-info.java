/**
 * Makes the image's AOT cache: the operator runs once between an embedded Kubernetes API and an AWS emulator, so that the Java VM writes down
 * which classes it needs. Runs while the image is built, without a network.
 */
@NullMarked
package dev.keyferry.training;

import org.jspecify.annotations.NullMarked;
