// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes over customers, one at a step. Who cannot be looked at is passed over, and all come again
 * with the next round; where that happens ten times in a row, the rest waits for it too. Its steps
 * are one thread's.
 */
final class Sweep {

  private static final Logger log = LoggerFactory.getLogger(Notices.class);
  private static final int MOST_IN_A_ROW = 10;

  private final Iterable<String> customers;
  private final Consumer<String> look;
  private Iterator<String> left;
  private int inARow;
  private boolean failed;

  Sweep(Iterable<String> customers, Consumer<String> look) {
    this.customers = customers;
    this.look = look;
    this.left = customers.iterator();
  }

  static Sweep ofNobody() {
    return new Sweep(Set.of(), customer -> {});
  }

  boolean over() {
    return !left.hasNext();
  }

  /** Whether it is over, and everyone could be looked at. */
  boolean complete() {
    return over() && !failed;
  }

  /** Looks at the next, if there is one; whether there was. */
  boolean step() {
    boolean more = left.hasNext();
    if (more) {
      look(left.next());
    }
    return more;
  }

  private void look(String customer) {
    try {
      look.accept(customer);
      inARow = 0;
    } catch (RuntimeException e) {
      if (!failed) {
        log.warn("what {} has used could not be looked at; tried again later", customer, e);
      }
      failed = true;
      inARow++;
      left = inARow < MOST_IN_A_ROW ? left : Collections.emptyIterator();
    }
  }

  /** Begins again, if something failed and it is over. */
  void round() {
    if (failed && over()) {
      failed = false;
      inARow = 0;
      left = customers.iterator();
    }
  }
}
