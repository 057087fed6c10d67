// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Threads of a proxy. Thread-safe. */
final class ProxyThreads {

  private final Deque<Thread> threads = new ArrayDeque<>();

  Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, "fault-proxy-" + name);
    thread.setDaemon(true);
    synchronized (threads) {
      threads.removeIf(one -> !one.isAlive());
      thread.start();
      threads.add(thread);
    }
    return thread;
  }

  /** Waits until all have ended, also those that these start. */
  void join() {
    for (Thread next = next(); next != null; next = next()) {
      join(next);
    }
  }

  /** Waits until one has ended. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable Thread next() {
    synchronized (threads) {
      return threads.poll();
    }
  }
}
