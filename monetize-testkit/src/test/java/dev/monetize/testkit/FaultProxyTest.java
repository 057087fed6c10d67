// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static dev.monetize.testkit.Direction.TO_CLIENT;
import static dev.monetize.testkit.Direction.TO_SERVER;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FaultProxyTest {

  private static final int SHORT = 250; // milliseconds in which nothing comes
  private static final int LONG = 30_000;

  private final EchoServer server = new EchoServer();
  private final FaultProxy proxy = FaultProxy.to("localhost", server.port());

  FaultProxyTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    proxy.close();
    server.close();
  }

  private Socket connect() throws IOException {
    Socket client = new Socket("localhost", proxy.port());
    client.setTcpNoDelay(true);
    client.setSoTimeout(LONG);
    return client;
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String read(Socket client, int count) throws IOException {
    return new String(client.getInputStream().readNBytes(count), US_ASCII);
  }

  private static String ask(Socket client, String text) throws IOException {
    send(client, text);
    return read(client, text.length());
  }

  private static void assertSilent(Socket client) throws IOException {
    client.setSoTimeout(SHORT);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    client.setSoTimeout(LONG);
  }

  private static void assertReset(Socket client) {
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessage("Connection reset");
  }

  private void awaitBytesToServer(int bytes) {
    while (proxy.traffic().toServer().bytes() < bytes) {
      Thread.onSpinWait();
    }
  }

  private static long millisSince(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  @Test
  void bytes_passAndAreCounted() throws IOException {
    try (Socket client = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
      assertThat(proxy.traffic())
          .isEqualTo(new Traffic(1, new Traffic.Flow(5, 1), new Traffic.Flow(5, 1), 1));

      Traffic before = proxy.traffic();
      assertThat(ask(client, "a")).isEqualTo("a");
      assertThat(ask(client, "b")).isEqualTo("b");

      assertThat(proxy.traffic().since(before))
          .isEqualTo(new Traffic(0, new Traffic.Flow(2, 2), new Traffic.Flow(2, 2), 2));
    }
  }

  @Test
  void turn_isOneHoweverManyChunksItHas() throws IOException {
    try (Socket client = connect()) {
      ask(client, "warm");
      proxy.drop(TO_SERVER);
      send(client, "ab");
      awaitBytesToServer(6);
      send(client, "cd");
      awaitBytesToServer(8);
    }
    assertThat(proxy.traffic().toServer()).isEqualTo(new Traffic.Flow(8, 3));
    assertThat(proxy.traffic().turns()).isEqualTo(2);
  }

  @Test
  void turn_isCountedForEachConnection() throws IOException {
    try (Socket one = connect();
        Socket other = connect()) {
      ask(one, "1");
      ask(other, "2");
      ask(one, "3");
    }
    assertThat(proxy.traffic().turns()).isEqualTo(3);
    assertThat(proxy.traffic().connections()).isEqualTo(2);
  }

  @Test
  void ends_pass() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      send(client, "last");
      client.shutdownOutput();

      assertThat(read(client, 4)).isEqualTo("last");
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(server.end()).isEqualTo("end");
    }
  }

  @Test
  void delay_isOfItsWayAndEndsWithZero() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      server.received(4);
      proxy.delay(TO_CLIENT, Duration.ofMillis(150));
      long start = System.nanoTime();
      send(client, "x");
      server.received(1);
      assertThat(read(client, 1)).isEqualTo("x");
      assertThat(millisSince(start)).isGreaterThanOrEqualTo(149);

      proxy.delay(TO_CLIENT, Duration.ofHours(1));
      send(client, "y");
      server.received(1);
      assertSilent(client);
      proxy.delay(TO_CLIENT, Duration.ZERO); // for those that wait, too
      assertThat(read(client, 1)).isEqualTo("y");
    }
  }

  @Test
  void hold_letsArriveLate() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      server.received(4);
      proxy.hold(TO_SERVER);
      send(client, "late");
      assertSilent(client);
      assertThat(server.more()).isZero();

      proxy.heal();

      assertThat(read(client, 4)).isEqualTo("late");
    }
  }

  @Test
  void partition_losesWithoutAWordAndResetsWhenHealed() throws IOException, InterruptedException {
    try (Socket client = connect();
        Socket idle = connect()) {
      ask(client, "warm");
      ask(idle, "idle");
      server.received(8);
      proxy.partition();
      send(client, "gone");
      awaitBytesToServer(12);
      assertSilent(client);
      assertThat(server.more()).isZero();

      proxy.heal();

      assertReset(client);
      assertThat(server.end()).isEqualTo("Connection reset");
      assertThat(ask(idle, "lost nothing")).isEqualTo("lost nothing");
    }
  }

  @Test
  void partition_acceptsWithoutTheServer() throws IOException {
    proxy.partition();
    try (Socket client = connect()) {
      send(client, "gone");
      assertSilent(client);
      assertThat(proxy.traffic().connections()).isEqualTo(1);
      assertThat(server.connections()).isZero();
      proxy.heal();
      assertReset(client);
    }
    try (Socket client = connect()) {
      assertThat(ask(client, "again")).isEqualTo("again");
    }
  }

  @Test
  void drop_isHalfOpen() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      proxy.drop(TO_CLIENT);
      send(client, "asked");

      assertThat(server.received(5)).isEqualTo("asked");
      assertSilent(client);
    }
  }

  @Test
  void drop_losesTheEndToo() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      server.received(4);
      proxy.drop(TO_SERVER);
      client.shutdownOutput();
      assertSilent(client);

      proxy.heal();

      assertReset(client);
      assertThat(server.end()).isEqualTo("Connection reset");
    }
  }

  @Test
  void reset_isOfBothSides() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");

      proxy.reset();

      assertReset(client);
      assertThat(server.end()).isEqualTo("Connection reset");
    }
  }

  @Test
  void reset_ofAClientReachesTheServer() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      client.setSoLinger(true, 0);
    }
    assertThat(server.end()).isEqualTo("Connection reset");
  }

  @Test
  void refuse_isOfNewConnections() throws IOException {
    try (Socket client = connect()) {
      ask(client, "warm");
      proxy.refuse();
      proxy.refuse(); // twice is once
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
      assertThat(ask(client, "still")).isEqualTo("still");

      proxy.heal();

      try (Socket other = connect()) {
        assertThat(ask(other, "new")).isEqualTo("new");
      }
    }
  }

  @Test
  void slice_changesNoByte() throws IOException {
    String text = "0123456789".repeat(100);
    proxy.slice();
    try (Socket client = connect()) {
      assertThat(ask(client, text)).isEqualTo(text);
    }
  }

  @Test
  void throttle_holdsBack() throws IOException {
    String text = "0123456789".repeat(20);
    proxy.throttle(1_000);
    try (Socket client = connect()) {
      long start = System.nanoTime();
      assertThat(ask(client, text)).isEqualTo(text);
      assertThat(millisSince(start)).isGreaterThanOrEqualTo(145); // all but the last piece
    }
  }

  @Test
  void cut_ofARequestIsOnceAndExact() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      server.received(4);
      proxy.cutAfter(TO_SERVER, 6);
      ask(client, "abcd");
      send(client, "efgh");

      assertThat(server.received(6)).isEqualTo("abcdef");
      server.end();
      assertThat(server.more()).isZero();
      assertThatThrownBy(() -> read(client, 5)).isInstanceOf(SocketException.class);
    }
    try (Socket client = connect()) {
      assertThat(ask(client, "a longer one")).isEqualTo("a longer one");
    }
  }

  @Test
  void cut_beforeTheServerHadAnything() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      ask(client, "warm");
      server.received(4);
      proxy.cutAfter(TO_SERVER, 0);
      send(client, "asked");

      assertReset(client);
      assertThat(server.end()).isEqualTo("end");
      assertThat(server.more()).isZero();
    }
  }

  @Test
  void cut_afterTheServerHadAll() throws IOException, InterruptedException {
    try (Socket client = connect()) {
      proxy.cutAfter(TO_CLIENT, 2);
      send(client, "asked");

      assertThat(server.received(5)).isEqualTo("asked");
      assertThat(read(client, 5)).isEqualTo("as");
      assertThat(server.end()).isEqualTo("Connection reset");
    }
  }

  @Test
  void server_thatIsGoneResets() throws IOException {
    server.close();
    try (Socket client = connect()) {
      assertReset(client);
    }
  }

  @Test
  void close_leavesNoThread() throws IOException, InterruptedException {
    proxy.hold(TO_SERVER);
    try (Socket waiting = connect();
        Socket idle = connect()) {
      send(waiting, "waits");
      assertSilent(waiting);
      assertThat(threads()).isGreaterThanOrEqualTo(3);

      proxy.close();

      assertThat(threads()).isZero();
      assertReset(waiting);
      assertReset(idle);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("fault-proxy"))
        .count();
  }

  @Test
  void numbers_outOfRangeAreRefused() {
    assertThatThrownBy(() -> proxy.throttle(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes per second must be ≥ 1, got 0");
    assertThatThrownBy(() -> proxy.cutAfter(TO_SERVER, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes before a cut must be ≥ 0, got -1");
  }
}
