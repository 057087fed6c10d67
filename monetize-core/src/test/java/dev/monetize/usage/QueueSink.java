// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Collects batches; fails as often as it is told to, after it has taken the batch. */
final class QueueSink implements UsageSink {

  final LinkedBlockingQueue<UsageBatch> batches = new LinkedBlockingQueue<>();
  final AtomicInteger failures = new AtomicInteger();

  @Override
  public void deliver(UsageBatch batch) throws Exception {
    batches.add(batch);
    if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("told to fail");
    }
  }

  UsageBatch next() throws InterruptedException {
    UsageBatch batch = batches.poll(20, TimeUnit.SECONDS);
    if (batch == null) {
      throw new AssertionError("no batch came within 20 s");
    }
    return batch;
  }
}
