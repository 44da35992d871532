/** Tests of the adapter to AWS, against a stub of its wire protocols. */
@NullMarked
package dev.keyferry.source.aws;

import org.jspecify.annotations.NullMarked;
