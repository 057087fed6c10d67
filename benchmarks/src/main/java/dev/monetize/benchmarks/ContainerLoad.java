// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The client of {@link ContainerCost}: for each line {@code port requests} it sends so many
 * requests over one connection, 16 at a time in the pipe, and prints how many were answered 200.
 */
public final class ContainerLoad {

  private static final int PIPE = 16;
  private static final long POLL_NANOS = 100_000;
  private static final byte[] OK = "HTTP/1.1 200".getBytes(StandardCharsets.US_ASCII);

  private final Map<Integer, Socket> sockets = new HashMap<>();
  private final byte[] request;

  private ContainerLoad(String key) {
    request =
        ("GET /v1/hello HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
  }

  public static void main(String[] arguments) throws IOException {
    ContainerLoad load = new ContainerLoad(arguments[0]);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line;
    while ((line = lines.readLine()) != null) {
      int space = line.indexOf(' ');
      int port = Integer.parseInt(line.substring(0, space));
      System.out.println(load.send(port, Integer.parseInt(line.substring(space + 1))));
    }
  }

  private int send(int port, int requests) throws IOException {
    Socket socket = sockets.get(port);
    if (socket == null) {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      sockets.put(port, socket);
    }
    OutputStream out = socket.getOutputStream();
    byte[] pipe = new byte[PIPE * request.length];
    for (int i = 0; i < PIPE; i++) {
      System.arraycopy(request, 0, pipe, i * request.length, request.length);
    }
    int ok = 0;
    Answers answers = new Answers(socket.getInputStream());
    for (int sent = 0; sent < requests; sent += PIPE) {
      out.write(pipe);
      ok += answers.read(PIPE);
    }
    return ok;
  }

  /** Counts answers by their status lines; each body is {@code hello}. */
  private static final class Answers {

    private static final byte[] BODY = "\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);

    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];
    private int matchedBody;
    private int matchedOk;

    Answers(InputStream in) {
      this.in = in;
    }

    int read(int answers) throws IOException {
      int ok = 0;
      int ended = 0;
      while (ended < answers) {
        if (in.available() == 0) {
          LockSupport.parkNanos(POLL_NANOS);
          continue;
        }
        int count = in.read(buffer);
        if (count < 0) {
          throw new IOException("the connection ended after " + ended + " answers");
        }
        for (int i = 0; i < count; i++) {
          matchedOk = buffer[i] == OK[matchedOk] ? matchedOk + 1 : buffer[i] == OK[0] ? 1 : 0;
          if (matchedOk == OK.length) {
            ok++;
            matchedOk = 0;
          }
          matchedBody =
              buffer[i] == BODY[matchedBody] ? matchedBody + 1 : buffer[i] == BODY[0] ? 1 : 0;
          if (matchedBody == BODY.length) {
            ended++;
            matchedBody = 0;
          }
        }
      }
      return ok;
    }
  }
}
