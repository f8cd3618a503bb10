package io.convoy.bench.stage;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import io.convoy.cli.local.Child;
import io.convoy.cli.local.ChildProcess;
import io.convoy.cli.local.ConsulProcess;
import io.convoy.cli.local.EnvoyProcess;
import io.convoy.cli.local.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Real processes on free ports, with their files in a folder that goes with them. Not thread-safe.
 */
public final class Stage implements AutoCloseable {
  private final Path folder;
  private final List<Runnable> running = new ArrayList<>();

  public Stage() {
    try {
      folder = Files.createTempDirectory("convoy-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a Consul agent; returns when it has a leader. */
  public ConsulProcess consul() {
    return consul(false);
  }

  /** As above; {@code grpc}: with Consul's own xDS on a free port. */
  public ConsulProcess consul(boolean grpc) {
    var options = new ConsulProcess.Options("convoy-1", 0, false, "", List.of(), grpc);
    var consul = ConsulProcess.start(Launcher.processes(), subfolder("consul"), options);
    running.addFirst(consul::close);
    return consul;
  }

  /** Starts {@code convoy serve} on the agent; returns when it serves. */
  public ConvoyProcess convoy(ConsulProcess consul) {
    return convoy(consul, List.of());
  }

  /** As above, with more flags. */
  public ConvoyProcess convoy(ConsulProcess consul, List<String> flags) {
    return convoy(consul, flags, false);
  }

  /** As above, with Java's flight recorder on for Convoy's own events. */
  public ConvoyProcess recordedConvoy(ConsulProcess consul, List<String> flags) {
    return convoy(consul, flags, true);
  }

  private ConvoyProcess convoy(ConsulProcess consul, List<String> flags, boolean recorded) {
    ConvoyProcess convoy = ConvoyProcess.start(consul.url(), flags, recorded, subfolder("convoy"));
    running.addFirst(convoy::close);
    return convoy;
  }

  /** Starts a peer of {@code bench/peers/go-control-plane}; returns when it serves. */
  public PeerProcess peer(String folder, List<String> arguments) {
    Path program = GoProgram.build("go-control-plane", folder);
    PeerProcess peer = PeerProcess.start(program, arguments, subfolder("peer-" + running.size()));
    running.addFirst(peer::close);
    return peer;
  }

  /**
   * Starts a gateway; returns when its admin endpoint answers.
   *
   * @param port where it takes requests
   * @param nodeAlways whether every request names the node, not only a stream's first
   */
  public Gateway gateway(int xdsPort, int port, boolean delta, boolean nodeAlways) {
    Path own = subfolder("gateway-" + running.size());
    Gateway gateway = Gateway.start(xdsPort, port, delta, nodeAlways, own);
    running.addFirst(gateway::close);
    return gateway;
  }

  /** Starts an Envoy with one worker; returns when its admin endpoint answers. */
  public EnvoyProcess envoy(String bootstrap) {
    EnvoyProcess envoy =
        EnvoyProcess.start(Launcher.processes(), subfolder("envoy-" + running.size()), bootstrap);
    running.addFirst(envoy::close);
    return envoy;
  }

  /** Starts a program, which may exec another; its messages go with the folder. */
  public ChildProcess program(String binary, List<String> arguments) {
    String name = "program-" + running.size();
    ChildProcess child = ChildProcess.start(name, binary, arguments, subfolder(name));
    running.addFirst(child::kill);
    return child;
  }

  /** Writes a file that goes with the folder; returns its path. */
  public String write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process id of a child that runs on this machine. */
  public static long pid(Child child) {
    if (child instanceof ChildProcess process) {
      return process.pid();
    }
    throw new IllegalArgumentException("not a process of this machine: " + child);
  }

  private Path subfolder(String name) {
    try {
      return Files.createDirectories(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends what was started, the last first. */
  @Override
  public void close() {
    running.forEach(Runnable::run);
    try {
      MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
