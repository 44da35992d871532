/**
 * What Keyferry relies on of AWS, as one suite that runs against any endpoint through AWS's own clients: against the in-repo emulator
 * always, against moto where there is one.
 */
@NullMarked
package dev.keyferry.contract;

import org.jspecify.annotations.NullMarked;
