package io.convoy.snapshot;

import io.convoy.policy.KeyServerAccess;
import io.convoy.translation.UndeclaredUpstreams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How snapshots are made.
 *
 * @param publishInterval the least time between two publishes; zero publishes every change by
 *     itself
 * @param dataDirectory where the last known good is kept; empty keeps it in memory only
 * @param saveInterval the least time between two saves
 * @param emptyDelay how long a service that lost its last instance keeps what it had; zero obeys at
 *     once
 * @param massShare from 0 to 1: when more than this share of all instances disappears within a
 *     minute it is held; 1 holds nothing
 * @param longestHold after this, what is held is obeyed
 * @param policyInterval the least time between two changes of a document's limits; zero holds
 *     nothing
 * @param keyServers which servers Envoys may fetch the keys of JSON Web Tokens from
 * @param undeclaredUpstreams what the sidecar of a service reaches that declares no upstreams
 * @param mutualTls whether sidecars and gateways prove to each other who they are; without an
 *     authority in any registry, what asks for it is closed
 */
public record WriterSettings(
    Duration publishInterval,
    Optional<DataDirectory> dataDirectory,
    Duration saveInterval,
    Duration emptyDelay,
    double massShare,
    Duration longestHold,
    Duration policyInterval,
    KeyServerAccess keyServers,
    UndeclaredUpstreams undeclaredUpstreams,
    boolean mutualTls) {

  /** {@code key}: what is kept is encrypted with it; without one, no secret is kept. */
  public record DataDirectory(Path path, Optional<DataKey> key) {}

  public static final WriterSettings DEFAULT =
      new WriterSettings(
          Duration.ofMillis(20),
          Optional.empty(),
          Duration.ofSeconds(10),
          Duration.ofSeconds(2),
          0.5,
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          KeyServerAccess.PUBLIC,
          UndeclaredUpstreams.ALL,
          true);

  /** With every public key server allowed, {@link UndeclaredUpstreams#ALL}, and mutual TLS. */
  public WriterSettings(
      Duration publishInterval,
      Optional<DataDirectory> dataDirectory,
      Duration saveInterval,
      Duration emptyDelay,
      double massShare,
      Duration longestHold,
      Duration policyInterval) {
    this(
        publishInterval,
        dataDirectory,
        saveInterval,
        emptyDelay,
        massShare,
        longestHold,
        policyInterval,
        KeyServerAccess.PUBLIC,
        UndeclaredUpstreams.ALL,
        true);
  }

  Damper.Settings damping() {
    return new Damper.Settings(emptyDelay, massShare, 10, Duration.ofMinutes(1), longestHold);
  }
}
