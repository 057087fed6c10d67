// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.HashSet;
import java.util.Set;

/** One at a time of each subject: what was fetched earlier is never written later. Thread-safe. */
final class Turns {

  private final Set<String> taken = new HashSet<>();

  /** Takes a turn if nobody has it. */
  synchronized boolean tryTake(String subject) {
    return taken.add(subject);
  }

  /** Takes a turn, and waits for who has it. */
  synchronized void take(String subject) throws InterruptedException {
    while (!taken.add(subject)) {
      wait();
    }
  }

  synchronized void give(String subject) {
    taken.remove(subject);
    notifyAll();
  }
}
