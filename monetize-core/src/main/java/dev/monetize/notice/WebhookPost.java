// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One HTTP/1.1 POST to an address that was checked. Of the answer it reads the head, at most 16
 * KiB; the body is left unread. No proxy is used, and no redirect followed.
 */
final class WebhookPost {

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
  private static final int MOST_ADDRESSES = 3;
  private static final int LONGEST_HEAD = 16 << 10;

  private final WebhookTarget target;
  private final SSLSocketFactory tls;
  private final Duration connectTimeout;
  private final Duration timeout;

  WebhookPost(
      WebhookTarget target, SSLSocketFactory tls, Duration connectTimeout, Duration timeout) {
    this.target = target;
    this.tls = tls;
    this.connectTimeout = connectTimeout;
    this.timeout = timeout;
  }

  /**
   * Sends it to the first of the addresses that can be connected to.
   *
   * @param headers lines that end with CRLF
   * @return the status of the answer
   */
  int send(InetAddress[] addresses, String headers, byte[] body) throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Socket socket = connect(addresses, deadline)) {
      CompletableFuture<Void> answered = new CompletableFuture<>();
      CompletableFuture<Void> unused =
          answered
              .orTimeout(left(deadline), TimeUnit.MILLISECONDS)
              .whenComplete((none, late) -> closeIf(late != null, socket));
      try {
        return exchange(target.secure() ? secured(socket) : socket, headers, body);
      } catch (IOException e) {
        if (answered.isCompletedExceptionally()) {
          throw new SocketTimeoutException("no answer within " + timeout);
        }
        throw e;
      } finally {
        answered.complete(null);
      }
    }
  }

  private Socket connect(InetAddress[] addresses, long deadline) throws IOException {
    IOException failure = new IOException("no address to connect to");
    for (int i = 0; i < Math.min(addresses.length, MOST_ADDRESSES); i++) {
      Socket socket = new Socket(Proxy.NO_PROXY);
      try {
        long millis = Math.min(connectTimeout.toMillis(), left(deadline));
        socket.connect(new InetSocketAddress(addresses[i], target.port()), (int) millis);
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    throw failure;
  }

  private static long left(long deadline) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()));
  }

  /** The certificate must be the name's, though the connection goes to an address. */
  private Socket secured(Socket plain) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, target.host(), target.port(), false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private int exchange(Socket socket, String headers, byte[] body) throws IOException {
    String head =
        "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(target.path(), target.authority(), body.length, headers);
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    socket.getOutputStream().write(request);
    socket.getOutputStream().flush();
    return status(new BufferedInputStream(socket.getInputStream(), 1024));
  }

  /** The final status; informational ones go before it. */
  private static int status(InputStream in) throws IOException {
    int left = LONGEST_HEAD;
    int status = 0;
    while (status < 200) {
      String line = line(in, left);
      Matcher matcher = STATUS.matcher(line);
      if (!matcher.matches()) {
        throw new IOException("the answer is no HTTP/1.1");
      }
      status = Integer.parseInt(matcher.group(1));
      while (status < 200 && !line.isEmpty()) {
        left -= line.length() + 2;
        line = line(in, left);
      }
    }
    return status;
  }

  private static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder(64);
    int c = in.read();
    while (c != '\n') {
      if (c < 0 || line.length() >= most) {
        throw new IOException("the answer ends within its head, or has too long a one");
      }
      line.append((char) c);
      c = in.read();
    }
    int length = line.length();
    return length > 0 && line.charAt(length - 1) == '\r'
        ? line.substring(0, length - 1)
        : line.toString();
  }

  private static void closeIf(boolean late, Socket socket) {
    if (late) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new IllegalStateException("a socket that does not close", e);
      }
    }
  }
}
