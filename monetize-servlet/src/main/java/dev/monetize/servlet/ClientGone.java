// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Set;

/**
 * Tells a failed write to a client that has left from a failure of the app. There is no common type
 * for it: Tomcat throws a {@code ClientAbortException}, Jetty an {@code EofException}, Undertow a
 * plain {@link IOException}, and frameworks wrap them.
 */
final class ClientGone {

  private static final int DEPTH = 10;
  private static final Set<String> TYPES =
      Set.of("ClientAbortException", "EofException", "AsyncRequestNotUsableException");
  private static final Set<String> MESSAGES =
      Set.of("broken pipe", "connection reset", "connection reset by peer", "stream closed");

  /** Undertow's: the stream is closed; the remote peer closed the connection. */
  private static final Set<String> CODES = Set.of("UT010029", "UT000128");

  private static final int CODE = 8;

  private ClientGone() {}

  static boolean is(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < DEPTH && cause != null; i++) {
      if (isOne(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isOne(Throwable failure) {
    if (TYPES.contains(failure.getClass().getSimpleName())
        || failure instanceof ClosedChannelException) {
      return true;
    }
    String message = failure.getMessage();
    return failure instanceof IOException
        && message != null
        && (MESSAGES.contains(message.toLowerCase(Locale.ROOT))
            || (message.length() >= CODE && CODES.contains(message.substring(0, CODE))));
  }

  /**
   * Whether it came to light in reading the request. Then nothing of an answer need have been sent,
   * although Undertow says of a connection that was reset that the answer is committed.
   */
  static boolean isWhileReading(Throwable failure) {
    for (StackTraceElement frame : failure.getStackTrace()) {
      String method = frame.getMethodName();
      if (method.startsWith("read")) {
        return true;
      }
      if (method.startsWith("write") || method.startsWith("flush")) {
        return false;
      }
    }
    return false;
  }
}
