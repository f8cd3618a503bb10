/**
 * The discovery services: what each Envoy is told, when, and what it answered.
 *
 * <p>A {@link io.convoy.xds.Stream} is a gRPC stream in either protocol, aggregated or of one type.
 * It has a {@link io.convoy.xds.Subscription} for each type, and an {@link io.convoy.xds.Order}. A
 * name in a subscription goes through these states:
 *
 * <pre>
 *   publish, request, NACK          next()                 ACK
 *   ----------------------&gt; dirty ----------&gt; in flight -------&gt; held
 *                            |  ^                  |
 *                 Order: no  v  | something        | NACK: doubtful, and dirty again
 *                          waiting  changed        v
 *                                          rejected (name, version)
 * </pre>
 *
 * <p>A publish or a request only marks names dirty. Then the stream <em>pumps</em>: for each type,
 * in the order of additions, it takes the dirty names whose target (the snapshot's resource, or the
 * last good one where the client refuses that) differs from what is held and which order lets go,
 * and sends them as one response. One response is in flight for each type: what becomes dirty
 * meanwhile waits as a name, not as a copy, so a slow client costs a set of names and gets the
 * newest state. The two protocols differ in how a request reads and in what a response repeats
 * ({@link io.convoy.xds.Subscription#content}); nothing else knows of the difference.
 *
 * <p>A refused response makes all that it held doubtful. If Envoy's words name the culprits, or
 * there is only one, these are rejected in that version, for this stream; if not, the halves of the
 * response go out one after the other until it is found. All the rest goes out again.
 */
@NullMarked
package io.convoy.xds;

import org.jspecify.annotations.NullMarked;
