// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.io.IOException;

/** Sending an outbox, as work for threads. */
record Sending(Dispatch dispatch, OutboxSender sender) implements Workers.Work {

  @Override
  public boolean step() throws IOException, InterruptedException {
    return sender.step();
  }

  @Override
  public void await(long millis) throws InterruptedException {
    dispatch.await(millis);
  }

  @Override
  public void wake() {
    dispatch.wake();
  }
}
