// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import dev.monetize.usage.UsageSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A sink that keeps what it is given, each batch once, as a good sink does. Thread-safe.
 *
 * <pre>{@code
 * RecordingSink sink = new RecordingSink();
 * sink.fail(2); // the next two deliveries
 * ...
 * assertThat(sink.awaitEvents(3, Duration.ofSeconds(10))).hasSize(3);
 * }</pre>
 */
public final class RecordingSink implements UsageSink {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition came = lock.newCondition();
  private final List<UsageBatch> batches = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private int attempts;
  private int failures;

  /** One that has nothing yet. */
  public RecordingSink() {}

  @Override
  public void deliver(UsageBatch batch) {
    lock.lock();
    try {
      attempts++;
      came.signalAll();
      if (failures > 0) {
        failures--;
        throw new IllegalStateException("told to fail (batch " + batch.id() + ")");
      }
      if (ids.add(batch.id())) {
        batches.add(batch);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Has the next deliveries fail, without anything being kept of them. */
  public void fail(int deliveries) {
    lock.lock();
    try {
      failures = deliveries;
    } finally {
      lock.unlock();
    }
  }

  /** How often it was called, failures included. */
  public int attempts() {
    lock.lock();
    try {
      return attempts;
    } finally {
      lock.unlock();
    }
  }

  /** What it has, in the order in which it came. */
  public List<UsageBatch> batches() {
    lock.lock();
    try {
      return List.copyOf(batches);
    } finally {
      lock.unlock();
    }
  }

  /** The events of all batches. */
  public List<UsageEvent> events() {
    return batches().stream().flatMap(batch -> batch.events().stream()).toList();
  }

  /** Units over all batches. */
  public long units(String customer, String meter) {
    return events().stream()
        .filter(event -> event.customer().equals(customer))
        .mapToLong(event -> event.units(meter))
        .sum();
  }

  /**
   * Waits until it has so many events at least.
   *
   * @throws AssertionError if they do not come in time
   */
  public List<UsageEvent> awaitEvents(int count, Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (events().size() < count) {
        if (left <= 0) {
          throw new AssertionError(
              "expected "
                  + count
                  + " events within "
                  + timeout
                  + ", got "
                  + events().size()
                  + " after "
                  + attempts
                  + " deliveries");
        }
        left = came.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
      }
      return events();
    } finally {
      lock.unlock();
    }
  }
}
