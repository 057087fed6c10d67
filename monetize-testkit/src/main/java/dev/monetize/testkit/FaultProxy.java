// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static dev.monetize.testkit.Direction.TO_CLIENT;
import static dev.monetize.testkit.Direction.TO_SERVER;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A network between a client and a server that fails when it is told to: a TCP proxy on a free
 * local port. Faults hold for connections that are open and for new ones, add up, and last until
 * {@link #heal}; but {@link #reset} and a {@link #cutAfter cut} happen once.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to("localhost", redis.port());
 *     RedisClient client = RedisClient.create("localhost", proxy.port())) {
 *   client.ping(); // connected
 *   Traffic before = proxy.traffic();
 *   client.incr("calls");
 *   assertThat(proxy.traffic().since(before).turns()).isEqualTo(1); // one round trip
 *   proxy.cutAfter(Direction.TO_CLIENT, 0); // the server counts, its answer is lost
 *   assertThatThrownBy(() -> client.incr("calls")).isInstanceOf(JedisConnectionException.class);
 *   proxy.refuse(); // now the server is gone
 *   proxy.reset();
 *   assertThatThrownBy(() -> client.incr("calls")).isInstanceOf(JedisConnectionException.class);
 *   proxy.heal();
 *   assertThat(client.get("calls")).isEqualTo("2");
 * }
 * }</pre>
 *
 * <p>Bytes that were dropped are not made up for: a connection that lost some is reset by {@link
 * #heal}, so that neither side reads on in the middle. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

  private final InetSocketAddress target;
  private final ProxyFaults faults = new ProxyFaults();
  private final ProxyThreads threads = new ProxyThreads();
  private final Set<ProxyConnection> open = ConcurrentHashMap.newKeySet();
  private final ProxyDoor door;
  private Traffic traffic = Traffic.NONE;

  private FaultProxy(InetSocketAddress target) {
    this.target = target;
    this.door = new ProxyDoor(this::accept, threads);
  }

  /** A proxy before a server, which need not run yet. */
  public static FaultProxy to(String host, int port) {
    FaultProxy proxy = new FaultProxy(new InetSocketAddress(host, port));
    proxy.door.open();
    return proxy;
  }

  /** The port of localhost that clients connect to. */
  public int port() {
    return door.port();
  }

  /** What came so far. What a client was answered is in it. */
  public synchronized Traffic traffic() {
    return traffic;
  }

  /** Has each chunk arrive later; at once again with zero. */
  public void delay(Direction way, Duration by) {
    faults.delay(way, by.toNanos());
  }

  /** Has bytes wait until {@link #heal}, which lets them arrive, however late. */
  public void hold(Direction way) {
    faults.delay(way, ProxyFaults.FOREVER);
  }

  /**
   * Loses all bytes of one way without a word, the end of a connection too. To the server: new
   * connections are accepted, and the server does not see them.
   */
  public void drop(Direction way) {
    faults.drop(List.of(way));
  }

  /** Loses all bytes of both ways without a word. */
  public void partition() {
    faults.drop(List.of(Direction.values()));
  }

  /** Has bytes arrive one at a time. */
  public void slice() {
    faults.slice();
  }

  /**
   * Limits each way of each connection.
   *
   * @throws IllegalArgumentException if less than one byte
   */
  public void throttle(long bytesPerSecond) {
    if (bytesPerSecond < 1) {
      throw new IllegalArgumentException("bytes per second must be ≥ 1, got " + bytesPerSecond);
    }
    faults.throttle(bytesPerSecond);
  }

  /**
   * Cuts the connection over which the last of so many more bytes goes, right after it; with 0, the
   * next that would carry any. Who receives has these bytes and then the end, who sends is reset.
   *
   * @throws IllegalArgumentException if negative
   */
  public void cutAfter(Direction way, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes before a cut must be ≥ 0, got " + bytes);
    }
    faults.cutAfter(way, bytes);
  }

  /** Has new connections refused; those that are open stay. */
  public void refuse() {
    door.shut();
  }

  /** Resets all connections that are open, on both sides. */
  public void reset() {
    open.forEach(ProxyConnection::reset);
  }

  /** Ends all faults. */
  public void heal() {
    faults.heal().forEach(ProxyConnection::reset);
    door.open();
  }

  /** Ends all connections, and all threads. */
  @Override
  public void close() {
    door.close();
    reset(); // before those that hold bytes wake and would let them go
    faults.close();
    threads.join();
  }

  private void accept(Socket client) {
    came();
    ProxyConnection connection = new ProxyConnection(client, target, faults, open::remove);
    open.add(connection);
    if (!faults.drops(TO_SERVER, connection)) {
      threads.start("open", () -> begin(connection));
    }
  }

  private void begin(ProxyConnection connection) {
    if (connection.connect()) {
      threads.start("to-client", () -> connection.carry(TO_CLIENT, this::came));
      connection.carry(TO_SERVER, this::came);
    }
  }

  private synchronized void came() {
    traffic = traffic.plusConnection();
  }

  private synchronized void came(Direction way, int bytes, boolean turn) {
    traffic = traffic.plus(way, bytes, turn);
  }
}
