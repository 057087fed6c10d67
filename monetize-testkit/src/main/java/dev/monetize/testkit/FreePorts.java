// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that a test starts in processes of their own, and that must be told one.
 *
 * <p>A port that the system chooses is one of those it also gives to connections: between the
 * choice and the start of the server any connection may take it. These are below the ranges that
 * Linux, macOS and Windows take for connections, and none is given twice in a process. A server in
 * the test's own process better listens on port 0.
 *
 * <p>Safe for any number of threads.
 */
public final class FreePorts {

  private static final int FIRST = 10_240;
  private static final int END = 32_768;
  private static final int TRIES = 1_000;
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePorts() {}

  /**
   * A port that nothing listens on.
   *
   * @throws IllegalStateException if none of a thousand is free
   */
  public static int next() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      if (GIVEN.add(port) && isFree(port)) {
        return port;
      }
    }
    throw new IllegalStateException("no port of " + TRIES + " tried is free");
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
