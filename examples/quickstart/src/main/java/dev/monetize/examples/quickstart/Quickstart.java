// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import java.util.concurrent.CountDownLatch;

/** Placeholder: starts, waits for a signal, says goodbye. */
public final class Quickstart {

  private Quickstart() {}

  /** Runs until the process is told to stop. */
  public static void main(String[] args) throws InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("bye")));
    System.out.println("ready");
    new CountDownLatch(1).await();
  }
}
