package io.convoy.cli.local;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports on the loopback interface that nobody listens on. */
public final class FreePorts {
  // Below the range that Linux takes the ports of outgoing connections from: a port out of that
  // range may be gone before the program that it is meant for has started.
  private static final int FIRST = 20_000;
  private static final int LAST = 32_000;

  private FreePorts() {}

  /** A port that is free now, by TCP and UDP; chosen at random, so that parallel users differ. */
  public static int next() {
    for (int attempt = 0; attempt < 1_000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      if (isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port from " + FIRST + " to " + LAST);
  }

  /** The port given where it is free, else another one. */
  public static int preferring(int port) {
    return isFree(port) ? port : next();
  }

  /** Whether nobody listens on the port, on the loopback interface or on all. */
  public static boolean isFree(int port) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    return canListen(new InetSocketAddress(loopback, port))
        && canListen(new InetSocketAddress(port))
        && canReceive(new InetSocketAddress(loopback, port));
  }

  private static boolean canListen(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean canReceive(InetSocketAddress address) {
    try (DatagramSocket socket = new DatagramSocket(address)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
