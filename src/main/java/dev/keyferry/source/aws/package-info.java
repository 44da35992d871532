/**
 * The adapter to AWS: clients, credentials, Secrets Manager, Parameter Store. Every exception of the SDK ends here, as a
 * {@link dev.keyferry.source.SourceFailure}.
 */
@NullMarked
package dev.keyferry.source.aws;

import org.jspecify.annotations.NullMarked;
