// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static dev.monetize.testkit.Direction.TO_CLIENT;
import static dev.monetize.testkit.Direction.TO_SERVER;

import dev.monetize.testkit.ProxyFaults.Fate;
import dev.monetize.testkit.ProxyFaults.Piece;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** One client's connection through a proxy. Thread-safe. */
final class ProxyConnection {

  private static final int BUFFER = 1 << 16;

  private final Socket client;
  private final Socket server = new Socket();
  private final InetSocketAddress target;
  private final ProxyFaults faults;
  private final Consumer<ProxyConnection> whenClosed;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicInteger ended = new AtomicInteger();
  private Direction last = TO_CLIENT; // of what came

  /** Told of all that comes. */
  @FunctionalInterface
  interface Counter {
    void came(Direction way, int bytes, boolean turn);
  }

  ProxyConnection(
      Socket client,
      InetSocketAddress target,
      ProxyFaults faults,
      Consumer<ProxyConnection> whenClosed) {
    this.client = client;
    this.target = target;
    this.faults = faults;
    this.whenClosed = whenClosed;
  }

  /** Whether the server is there; if not, the client is reset. */
  boolean connect() {
    try {
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      server.connect(target);
      return true;
    } catch (IOException e) {
      reset();
      return false;
    }
  }

  /** Carries bytes one way until there are no more. */
  void carry(Direction way, Counter counter) {
    byte[] buffer = new byte[BUFFER];
    Socket from = way == TO_SERVER ? client : server;
    Socket to = way == TO_SERVER ? server : client;
    try {
      int count = from.getInputStream().read(buffer);
      while (count >= 0) {
        counter.came(way, count, turn(way));
        faults.awaitDelay(way);
        forward(way, buffer, count, to.getOutputStream());
        count = from.getInputStream().read(buffer);
      }
      end(way, to);
    } catch (IOException e) {
      if (!faults.drops(way, this)) {
        reset();
      }
    } catch (InterruptedException e) {
      reset(); // nobody interrupts these threads
    }
  }

  private synchronized boolean turn(Direction way) {
    boolean turn = way == TO_SERVER && last == TO_CLIENT;
    last = way;
    return turn;
  }

  private void forward(Direction way, byte[] bytes, int count, OutputStream to)
      throws IOException, InterruptedException {
    int done = 0;
    while (done < count) {
      Piece piece = faults.next(way, count - done, this);
      if (piece.fate() == Fate.DROP) {
        return;
      }
      to.write(bytes, done, piece.size());
      if (piece.fate() == Fate.CUT) {
        cut(way);
        return;
      }
      faults.awaitThrottle(piece.size());
      done += piece.size();
    }
  }

  private void end(Direction way, Socket to) throws IOException, InterruptedException {
    faults.awaitDelay(way);
    if (!faults.drops(way, this)) {
      to.shutdownOutput();
      if (ended.incrementAndGet() == 2) {
        close(false, false);
      }
    }
  }

  /** Who receives has an end after what came, who sends is reset. */
  private void cut(Direction way) {
    close(way == TO_SERVER, way == TO_CLIENT);
  }

  void reset() {
    close(true, true);
  }

  private void close(boolean resetClient, boolean resetServer) {
    if (closed.compareAndSet(false, true)) {
      close(client, resetClient);
      close(server, resetServer);
      whenClosed.accept(this);
    }
  }

  private static void close(Socket socket, boolean reset) {
    try (socket) {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // it is gone already
    }
  }
}
