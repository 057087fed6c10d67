// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where a proxy's clients come in. Keeps its port while it is shut. Thread-safe. */
final class ProxyDoor {

  private final Consumer<Socket> clients;
  private final ProxyThreads threads;
  private @Nullable Closeable holder; // of the port
  private @Nullable Thread acceptor;
  private boolean opened;
  private boolean closed;
  private int port;

  ProxyDoor(Consumer<Socket> clients, ProxyThreads threads) {
    this.clients = clients;
    this.threads = threads;
  }

  synchronized int port() {
    return port;
  }

  synchronized void open() {
    if (opened || closed) {
      return;
    }
    try {
      release();
      ServerSocket listener = new ServerSocket();
      holder = listener;
      listener.setReuseAddress(true);
      listener.bind(address());
      port = listener.getLocalPort();
      opened = true;
      acceptor = threads.start("accept", () -> accept(listener));
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be opened", e);
    }
  }

  synchronized void shut() {
    if (!opened) {
      return;
    }
    try {
      release();
      Socket silent = new Socket(); // bound, and does not listen: who connects is refused
      holder = silent;
      silent.setReuseAddress(true);
      silent.bind(address());
      opened = false;
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be held", e);
    }
  }

  synchronized void close() {
    closed = true;
    try {
      release();
    } catch (IOException e) {
      throw new UncheckedIOException("port " + port + " cannot be given back", e);
    }
  }

  private void release() throws IOException {
    if (holder != null) {
      holder.close();
    }
    if (acceptor != null) {
      ProxyThreads.join(acceptor); // while it accepts, the port is not free
    }
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private void accept(ServerSocket listener) {
    while (!listener.isClosed()) {
      try {
        clients.accept(listener.accept());
      } catch (IOException e) {
        // closed; or a client that left before it was accepted
      }
    }
  }
}
