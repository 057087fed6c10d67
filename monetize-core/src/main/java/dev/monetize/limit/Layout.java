// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How the limits of one scope lie in a subject's state array. Windows come first, since throttles
 * look at them. Immutable, but for the table it remembers.
 *
 * <p>A decision goes through the slots kind by kind, so that each call has one known target.
 *
 * <p>Two layouts with the same signature read each other's arrays: it names kinds and ids, in
 * order, but not the limits' numbers.
 */
final class Layout {

  private final Slot[] slots;
  private final WindowSlot[] windows;
  private final RateSlot[] rates;
  private final ConcurrencySlot[] calls;
  private final @Nullable RateSlot alone;
  private final String signature;
  private final int width;

  /** The table found last, by whichever limiter. */
  private volatile @Nullable StateTable table;

  private Layout(Slot[] slots, WindowSlot[] windows, RateSlot[] rates, ConcurrencySlot[] calls) {
    this.slots = slots;
    this.windows = windows;
    this.rates = rates;
    this.calls = calls;
    this.alone = slots.length == 1 && rates.length == 1 ? rates[0] : null;
    this.width = Arrays.stream(slots).mapToInt(Slot::width).sum();
    this.signature =
        Arrays.stream(slots)
            .map(slot -> "" + slot.kind() + slot.limit().id().length() + ":" + slot.limit().id())
            .collect(Collectors.joining())
            .intern();
  }

  static Layout of(List<Limit> limits, Scope scope) {
    return new LayoutPlan(limits, scope).layout();
  }

  static Layout of(List<Slot> slots) {
    return new Layout(
        slots.toArray(Slot[]::new),
        slots.stream().filter(WindowSlot.class::isInstance).toArray(WindowSlot[]::new),
        slots.stream().filter(RateSlot.class::isInstance).toArray(RateSlot[]::new),
        slots.stream().filter(ConcurrencySlot.class::isInstance).toArray(ConcurrencySlot[]::new));
  }

  boolean isEmpty() {
    return width == 0;
  }

  /** Interned, so that it is found by identity. */
  String signature() {
    return signature;
  }

  /** How many words an array has. */
  int width() {
    return width;
  }

  List<Slot> slots() {
    return List.of(slots);
  }

  WindowSlot[] windows() {
    return windows;
  }

  /** The only slot, if it is a rate limit's: it can decide without a lock. */
  @Nullable RateSlot alone() {
    return alone;
  }

  /** The table that was found last; maybe another limiter's. */
  @Nullable StateTable table() {
    return table;
  }

  void found(StateTable table) {
    this.table = table;
  }

  /** Looks up the windows of a moment; asks foreign code, so not under a lock. */
  void findWindows(long[] words, long[] cells, long now) {
    for (WindowSlot slot : windows) {
      slot.find(words, cells, now);
    }
  }

  void load(long[] words, long[] cells, long now) {
    for (Slot slot : slots) {
      slot.load(words, cells, now);
    }
  }

  /** The positions of limits into which the amounts do not fit, one bit each. */
  long refusing(long[] cells, long[] amounts, long now) {
    long refusing = 0;
    for (Slot slot : slots) {
      refusing |= slot.refusing(cells, amounts, now);
    }
    return refusing;
  }

  /** Loads a locked array and tells what is refusing; windows before the throttles. */
  long check(long[] words, long[] cells, long[] amounts, long now) {
    long refusing = 0;
    for (WindowSlot slot : windows) {
      refusing |= slot.check(words, cells, amounts, now);
    }
    for (RateSlot slot : rates) {
      refusing |= slot.check(words, cells, amounts, now);
    }
    for (ConcurrencySlot slot : calls) {
      refusing |= slot.check(words, cells, amounts, now);
    }
    return refusing;
  }

  /** Takes the amounts; throttles before the windows that they look at. */
  void charge(long[] words, long[] cells, long[] amounts, long now) {
    for (RateSlot slot : rates) {
      slot.charge(words, cells, amounts, now);
    }
    for (WindowSlot slot : windows) {
      slot.charge(words, cells, amounts, now);
    }
    for (ConcurrencySlot slot : calls) {
      slot.charge(words, cells, amounts, now);
    }
  }

  /** Turns the cells into what the standing tells; throttles before windows. */
  void tell(long[] cells, long now) {
    for (RateSlot slot : rates) {
      slot.tell(cells, now);
    }
    for (WindowSlot slot : windows) {
      slot.tell(cells, now);
    }
    for (ConcurrencySlot slot : calls) {
      slot.tell(cells, now);
    }
  }

  boolean fresh(long[] words, long now, long longestWindow) {
    for (Slot slot : slots) {
      if (!slot.fresh(words, now, longestWindow)) {
        return false;
      }
    }
    return true;
  }

  /** Copies the words of limits that both know, from a locked array of another layout. */
  void carry(long[] words, Layout other, long[] otherWords) {
    for (Slot slot : slots) {
      Slot source = other.like(slot);
      if (source != null) {
        words[slot.at] = source.word(otherWords);
        if (slot.width() == 2) {
          words[slot.at + 1] = otherWords[source.at + 1];
        }
      }
    }
  }

  /** The slot for the same limit, or null if there is none here. */
  @Nullable Slot like(Slot wanted) {
    for (Slot slot : slots) {
      if (slot.kind() == wanted.kind() && slot.limit().id().equals(wanted.limit().id())) {
        return slot;
      }
    }
    return null;
  }

  /** Corrects what a call took, on a locked array of this layout. */
  void correct(long[] words, Layout charged, Decision.Allowed allowed, long[] actual) {
    for (Slot slot : charged.slots) {
      Slot here = charged == this ? slot : like(slot);
      if (here != null) {
        here.correct(
            words,
            allowed.charge().amount(slot.index),
            actual[slot.index],
            allowed.standing().windowStart(slot.index));
      }
    }
  }
}
