package io.convoy.xds;

import org.jspecify.annotations.Nullable;

/**
 * A response that waits for its answer.
 *
 * @param sentAt in the timer's nanoseconds
 * @param moment when what it brings came about; null when it answers a request
 */
record Sent(String nonce, String version, Batch batch, long sentAt, @Nullable Moment moment) {}
