// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Dealing with an inbox, and with subscriptions that end, as work for threads of one instance.
 * Thread-safe.
 */
final class InboxWork implements Workers.Work {

  private final Turn turn;
  private final Inbox inbox;
  private final EndFlush ends;
  private final InstantSource clock;
  private final Semaphore wake = new Semaphore(0);

  InboxWork(Turn turn, Inbox inbox, EndFlush ends, InstantSource clock) {
    this.turn = turn;
    this.inbox = inbox;
    this.ends = ends;
    this.clock = clock;
  }

  @Override
  public boolean step() throws IOException, InterruptedException {
    if (!turn.begin()) {
      return false;
    }
    try {
      boolean handled = inbox.step();
      return ends.step(clock.instant()) || handled;
    } finally {
      turn.end();
    }
  }

  @Override
  public void await(long millis) throws InterruptedException {
    if (wake.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      wake.drainPermits();
    }
  }

  @Override
  public void wake() {
    wake.release();
  }
}
