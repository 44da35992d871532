/**
 * The Kubernetes edge that is not the operator framework's: shared informers, request permits, what the operator's own labels and
 * annotations say, and the credential material that ServiceAccounts and Secrets hold.
 */
@NullMarked
package dev.keyferry.kube;

import org.jspecify.annotations.NullMarked;
