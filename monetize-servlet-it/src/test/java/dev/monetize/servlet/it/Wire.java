// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A bare connection, which sends request lines as they are and can be cut off. */
final class Wire implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 5_000;

  private final Socket socket;

  Wire(int port) throws IOException {
    socket = new Socket("localhost", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends characters up to U+00FF as a byte each. */
  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** Sends a request with no body, as the last on this connection. */
  Wire request(String line, String... headers) throws IOException {
    StringBuilder text = new StringBuilder(line + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return send(text.append("Connection: close\r\n\r\n").toString());
  }

  /** Reads until a text has come. */
  String readUntil(String text) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    int next;
    while ((next = in.read()) >= 0) {
      read.write(next);
      if (read.toString(StandardCharsets.ISO_8859_1).endsWith(text)) {
        return read.toString(StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("the connection ended before \"" + text + "\": " + read);
  }

  /** Reads all there is, be it cut off. */
  Answer answer() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      int count;
      while ((count = socket.getInputStream().read(buffer)) >= 0) {
        read.write(buffer, 0, count);
      }
    } catch (java.net.SocketException reset) {
      // A container that refuses a request may reset the connection behind its answer.
      return Answer.parse(read.toByteArray());
    }
    return Answer.parse(read.toByteArray());
  }

  /** Cuts the connection with a reset, as a client that dies does. */
  void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
