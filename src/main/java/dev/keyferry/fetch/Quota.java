package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceService;

/**
 * What AWS counts together when it limits a rate, as far as it is known here: one caller's calls of one operation in one region. The account
 * behind a caller is not known, so callers of one account are limited each by itself, and find their shares by being throttled.
 *
 * @param scope who calls, and where
 * @param service which service
 * @param batch whether the batch operation is called
 */
record Quota(Scope scope, SourceService service, boolean batch) {}
