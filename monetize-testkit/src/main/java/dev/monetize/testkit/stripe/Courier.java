// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings events to those who listen, one after the other, on a thread of its own. What was not
 * taken is brought again by the clock. Thread-safe.
 */
final class Courier implements AutoCloseable {

  /** As in a sandbox: three more tries in a few hours. */
  static final List<Duration> RETRIES =
      List.of(Duration.ofMinutes(1), Duration.ofMinutes(30), Duration.ofHours(3));

  private final World world;
  private final Listeners listeners;
  private final Post post = new Post();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Parcel> queue = new ArrayDeque<>();
  private final List<Parcel> held = new ArrayList<>();
  private final List<StripeDelivery> deliveries = new ArrayList<>();
  private boolean hold;
  private int times = 1;
  private int losses;
  private boolean carrying;
  private boolean closed;

  Courier(World world, Listeners listeners) {
    this.world = world;
    this.listeners = listeners;
  }

  void open() {
    Thread thread = new Thread(this::work, "fake-stripe-webhooks");
    thread.setDaemon(true);
    thread.start();
  }

  /** How many will be told of an event of that type. */
  int listeners(String type) {
    return listeners.parcels(Json.object().put("type", type)).size();
  }

  void offer(ObjectNode event) {
    listeners.parcels(event).forEach(this::offer);
  }

  private void offer(Parcel parcel) {
    change(
        () -> {
          int copies = parcel.attempt() == 1 ? times : 1;
          for (int i = 0; i < copies; i++) {
            if (hold) {
              held.add(parcel);
            } else {
              queue.add(parcel);
            }
          }
        });
  }

  void hold() {
    change(() -> hold = true);
  }

  void repeat(int copies) {
    change(() -> times = copies);
  }

  void lose(int next) {
    change(() -> losses = next);
  }

  void release() {
    change(
        () -> {
          hold = false;
          queue.addAll(held);
          held.clear();
        });
  }

  void shuffle(long seed) {
    change(() -> Collections.shuffle(held, new Random(seed)));
  }

  List<StripeDelivery> deliveries() {
    lock.lock();
    try {
      return List.copyOf(deliveries);
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether, within a time, nothing was on its way any more. */
  boolean awaitIdle(Duration most) throws InterruptedException {
    long left = most.toNanos();
    lock.lock();
    try {
      while (carrying || !queue.isEmpty()) {
        if (left <= 0 || closed) {
          return false;
        }
        left = changed.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      while (true) {
        lock.lockInterruptibly();
        Parcel parcel;
        boolean lost;
        try {
          while (queue.isEmpty() && !closed) {
            changed.await();
          }
          if (closed) {
            return;
          }
          parcel = queue.remove();
          lost = losses > 0;
          losses -= lost ? 1 : 0;
          carrying = true;
        } finally {
          lock.unlock();
        }
        carry(parcel, lost);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void carry(Parcel parcel, boolean lost) {
    Instant at = world.agenda().real();
    OptionalInt status = lost ? OptionalInt.empty() : post.send(parcel, at);
    StripeDelivery delivery =
        new StripeDelivery(parcel.event(), parcel.type(), parcel.url(), parcel.attempt(), status);
    if (!delivery.taken() && parcel.attempt() <= RETRIES.size()) {
      world.locked(
          () -> {
            Instant next = world.agenda().now().plus(RETRIES.get(parcel.attempt() - 1));
            world.agenda().at(Agenda.WALL, next, () -> offer(parcel.again()));
          });
    }
    change(
        () -> {
          deliveries.add(delivery);
          carrying = false;
        });
  }

  @Override
  public void close() {
    change(() -> closed = true);
  }
}
