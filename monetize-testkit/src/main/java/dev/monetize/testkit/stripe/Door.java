// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Listens on a port of localhost; a thread for each connection. */
final class Door implements AutoCloseable {

  private static final int BACKLOG = 1024;

  private final ServerSocket server;
  private final Function<Call, Answer> answers;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  Door(int port, Function<Call, Answer> answers) {
    this.answers = answers;
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + ": " + e.getMessage(), e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  void open() {
    thread("fake-stripe", this::accept);
  }

  private static void thread(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        thread("fake-stripe-call", () -> serve(socket));
      } catch (IOException e) {
        // Closed, or a client that went before it was let in.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Wire wire =
          new Wire(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
      boolean more = true;
      while (more && !server.isClosed()) {
        Call call = wire.read();
        more = call != null && answer(call, wire, socket);
      }
    } catch (IOException e) {
      // The client went, or sent what is not HTTP.
    } finally {
      open.remove(socket);
    }
  }

  private boolean answer(Call call, Wire wire, Socket socket) throws IOException {
    Answer answer = answers.apply(call);
    switch (answer.end()) {
      case KEEP -> wire.write(answer, call.method());
      case RESET -> socket.setSoLinger(true, 0);
      case SILENT -> socket.shutdownOutput();
    }
    return answer.end() == Answer.End.KEEP && !"close".equalsIgnoreCase(call.header("connection"));
  }

  @Override
  public void close() {
    closeQuietly(server);
    open.forEach(Door::closeQuietly);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // It is gone, which is what was asked for.
    }
  }
}
