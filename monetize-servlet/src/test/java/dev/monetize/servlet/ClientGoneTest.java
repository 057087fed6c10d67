// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientGoneTest {

  static Stream<Throwable> gone() {
    return Stream.of(
        new IOException("Broken pipe"),
        new SocketException("Connection reset"),
        new IOException("Connection reset by peer"),
        new IOException("UT010029: Stream is closed"),
        new IOException("UT000128: Remote peer closed connection before all data could be read"),
        new ClosedChannelException(),
        new IllegalStateException(new IOException("Broken pipe")));
  }

  static Stream<Throwable> failures() {
    return Stream.of(
        new IOException(),
        new IOException("no such file"),
        new IOException("UT"),
        new EOFException(),
        new IllegalStateException("Broken pipe"));
  }

  @ParameterizedTest
  @MethodSource("gone")
  void failedWrite_isAClientThatLeft(Throwable failure) {
    assertThat(ClientGone.is(failure)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void otherFailure_isNot(Throwable failure) {
    assertThat(ClientGone.is(failure)).isFalse();
  }

  @Test
  void circleOfCauses_comesToAnEnd() {
    Exception first = new IllegalStateException("one");
    Exception second = new IllegalStateException("two", first);
    first.initCause(second);

    assertThat(ClientGone.is(first)).isFalse();
  }

  @Test
  void reading_isToldFromWriting() {
    assertThat(ClientGone.isWhileReading(at("sun.nio.ch.SocketChannelImpl", "read"))).isTrue();
    assertThat(ClientGone.isWhileReading(at("sun.nio.ch.SocketChannelImpl", "write"))).isFalse();
    assertThat(ClientGone.isWhileReading(at("App", "serve"))).isFalse();
  }

  private static Throwable at(String type, String method) {
    Throwable failure = new IOException("Connection reset");
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(type, "throwConnectionReset", null, 1),
          new StackTraceElement(type, method, null, 1),
        });
    return failure;
  }
}
