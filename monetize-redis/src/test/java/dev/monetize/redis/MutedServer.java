// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The server, through a line that can go dead without being closed. */
final class MutedServer implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0);
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private volatile boolean mute;
  private volatile boolean mutesSubscribers;
  private final Semaphore connections = new Semaphore(0);
  private final Semaphore answers = new Semaphore(0);

  MutedServer() throws IOException {
    start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** From here on nobody hears anything of the server. */
  void mute(boolean now) {
    mute = now;
  }

  /** Whoever subscribes hears nothing more, not even that it has. */
  void muteSubscribers(boolean now) {
    mutesSubscribers = now;
  }

  /** Waits for one more connection. */
  void awaitConnection() throws InterruptedException {
    assertThat(connections.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  /** Waits for answers of the server to one that listens. */
  void awaitAnswers(int n) throws InterruptedException {
    assertThat(answers.tryAcquire(n, 10, TimeUnit.SECONDS)).isTrue();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // closed
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = server.accept();
      Socket real = new Socket("localhost", TestRedis.port());
      sockets.addAll(List.of(client, real));
      connections.release();
      Line line = new Line();
      start(() -> line.copy(client, real, true));
      start(() -> line.copy(real, client, false));
    }
  }

  private final class Line {

    private volatile boolean dead;

    void copy(Socket from, Socket to, boolean asks) throws IOException {
      byte[] bytes = new byte[4096];
      try (from;
          to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
          String text = new String(bytes, 0, n, ISO_8859_1);
          dead |= mute || (mutesSubscribers && asks && text.contains("SUBSCRIBE"));
          if (!asks && text.contains("subscribe")) {
            answers.release();
          }
          if (asks || !dead) {
            out.write(bytes, 0, n);
          }
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
