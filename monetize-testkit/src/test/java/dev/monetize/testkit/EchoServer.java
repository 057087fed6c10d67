// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers with what it is sent, and tells what it was sent and how connections ended. */
final class EchoServer implements AutoCloseable {

  private final ServerSocket listener;
  private final BlockingQueue<Byte> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Thread acceptor;

  EchoServer() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** The next bytes that came, waited for. */
  String received(int count) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      Byte next = received.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("byte %s of %s, after \"%s\"", i + 1, count, text).isNotNull();
      text.append((char) (byte) next);
    }
    return text.toString();
  }

  /** How many bytes came that nobody asked for. */
  int more() {
    return received.size();
  }

  /** How the next connection ended, waited for: {@code "end"}, or how it failed. */
  String end() throws InterruptedException {
    String end = ends.poll(10, TimeUnit.SECONDS);
    assertThat(end).as("end of a connection").isNotNull();
    return end;
  }

  private static Thread start(Runnable task) {
    Thread thread = new Thread(task, "echo");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        start(() -> echo(socket));
      } catch (IOException e) {
        // closed
      }
    }
  }

  private void echo(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        for (int i = 0; i < count; i++) {
          received.add(buffer[i]);
        }
        socket.getOutputStream().write(buffer, 0, count);
      }
      ends.add("end");
    } catch (IOException e) {
      ends.add(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    ProxyThreads.join(acceptor); // while it accepts, it is not closed
  }
}
