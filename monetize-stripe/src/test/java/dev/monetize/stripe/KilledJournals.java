// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.ModelStripe.Killed;
import dev.monetize.testkit.MemoryJournal;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.UsageJournal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.InstantSource;
import java.util.List;
import java.util.SplittableRandom;

/** A journal in memory in whose calls the process ends now and then, before or after they work. */
final class KilledJournals {

  private final MemoryJournal lasting = new MemoryJournal();
  private final SplittableRandom random;
  private double killing;
  private int kills;

  /** The process that opened it last: none before it writes any more. */
  private int process;

  private boolean dead;

  KilledJournals(SplittableRandom random) {
    this.random = random;
  }

  void killing(double share) {
    killing = share;
  }

  int kills() {
    return kills;
  }

  /** The process ends, wherever it is. */
  void kill() {
    dead = true;
  }

  boolean isDead() {
    return dead;
  }

  UsageJournal open(InstantSource clock, List<JournalState> states) {
    UsageJournal real = lasting.open(clock, states);
    int own = ++process;
    dead = false;
    return (UsageJournal)
        Proxy.newProxyInstance(
            UsageJournal.class.getClassLoader(),
            new Class<?>[] {UsageJournal.class},
            (proxy, method, arguments) -> {
              boolean writes = method.getName().equals("note") || method.getName().equals("sync");
              killIf(writes, own);
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              } finally {
                killIf(writes, own);
              }
            });
  }

  @SuppressWarnings("Finally")
  private void killIf(boolean writes, int own) {
    if (writes && (dead || own != process)) {
      throw new Killed();
    }
    if (writes && random.nextDouble() < killing) {
      kills++;
      dead = true;
      throw new Killed();
    }
  }
}
