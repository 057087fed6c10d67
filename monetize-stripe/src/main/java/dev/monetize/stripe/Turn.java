// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.usage.Claims;
import java.io.IOException;

/**
 * Who works by a journal that several instances share: one of them, and when it shows no sign of
 * life another. A turn is begun anew only when nothing of the last one is under way here.
 * Thread-safe.
 */
final class Turn {

  /** It is another instance's by now, which does what was due. */
  static final class Over extends IOException {

    private static final long serialVersionUID = 1L;

    Over(String message) {
      super(message);
    }
  }

  private final Claims claims;
  private final String name;
  private long number;
  private int underWay;

  Turn(Claims claims, String name) {
    this.claims = claims;
    this.name = name;
  }

  /** What is claimed. */
  String name() {
    return name;
  }

  /** Number of the turn that it is or was. */
  synchronized long number() {
    return number;
  }

  /** Whether it is ours; if so {@link #end} follows. May wait for what is away, for seconds. */
  synchronized boolean begin() {
    if (number == 0 || !claims.holds(name, number)) {
      if (underWay > 0) {
        return false;
      }
      number = claims.claim(name);
    }
    if (number == 0) {
      return false;
    }
    underWay++;
    return true;
  }

  /** Something that was begun is no longer under way. */
  synchronized void end() {
    underWay--;
  }
}
