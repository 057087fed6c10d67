// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Gcra;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Scope;
import dev.monetize.limit.WindowLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A set of limits as the script reads it; made once for a set. For each limit, little-endian:
 *
 * <pre>
 * kind 1 | scope 1 | shadow 1 | tag 1 | id 4, then
 *   rate    nanoseconds of its unit / 1000 4 | step 8 | parts 8 | burst 8 | whole 8 | rest 8 | past 1
 *   window  included 8 | ceiling 8
 *   calls   most 8
 * </pre>
 *
 * <p>Numbers of 8 bytes are doubles. {@code past} is the position, from 1 on, of the quota past
 * which the rate holds, or 0. Thread-safe.
 */
final class LimitPlan {

  static final int RATE = 0;
  static final int WINDOW = 1;
  static final int CALLS = 2;

  /** The scope of limits that are the key's own. */
  static final int KEY = 1;

  /** The largest number of which the next one is a double too. */
  static final long MOST = (1L << 53) - 1;

  private static final int MOST_BYTES = 64;
  private static final long SECOND = 1_000_000_000L;

  private final LimitSet limits;
  private final byte[] bytes;
  private final int[] ids;
  private final boolean perKey;
  private final boolean holdsCalls;
  private final boolean leasable;
  private final AtomicReferenceArray<@Nullable WindowsAround> windows;

  private LimitPlan(LimitSet limits, byte[] bytes, int[] ids) {
    this.limits = limits;
    this.bytes = bytes;
    this.ids = ids;
    this.perKey = limits.limits().stream().anyMatch(limit -> limit.scope() == Scope.KEY);
    this.holdsCalls = limits.limits().stream().anyMatch(l -> l instanceof ConcurrencyLimit);
    this.leasable = limits.limits().stream().allMatch(LimitPlan::mayBeLeased);
    this.windows = new AtomicReferenceArray<>(limits.size());
  }

  /** A set's plan. */
  static LimitPlan of(LimitSet limits) {
    ByteBuffer to = ByteBuffer.allocate(MOST_BYTES * limits.size()).order(ByteOrder.LITTLE_ENDIAN);
    int[] ids = LimitHash.of(limits.limits());
    for (int i = 0; i < ids.length; i++) {
      put(limits.get(i), ids[i], limits.limits(), to);
    }
    return new LimitPlan(limits, Arrays.copyOf(to.array(), to.position()), ids);
  }

  private static void put(Limit limit, int id, List<Limit> all, ByteBuffer to) {
    to.put((byte) kind(limit));
    to.put((byte) scope(limit));
    to.put((byte) (limit.shadow() ? 1 : 0));
    to.put((byte) tag(limit));
    to.putInt(id);
    if (limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      long whole = gcra.burst() * gcra.step();
      to.putInt((int) (gcra.unitNanos() / 1000));
      number(gcra.step(), to);
      number(gcra.parts(), to);
      number(gcra.burst(), to);
      number(whole / gcra.parts(), to);
      number(whole % gcra.parts(), to);
      to.put((byte) (rate.pastQuota() == null ? 0 : 1 + position(rate, all)));
    } else if (limit instanceof WindowLimit window) {
      number(window.included(), to);
      number(window.ceiling(), to);
    } else {
      number(((ConcurrencyLimit) limit).max(), to);
    }
  }

  private static int position(RateLimit rate, List<Limit> all) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).id().equals(rate.pastQuota())) {
        return i;
      }
    }
    throw new IllegalArgumentException("no limit has the id \"" + rate.pastQuota() + "\"");
  }

  /** Not where it matters which call goes past what, or when calls end. */
  private static boolean mayBeLeased(Limit limit) {
    return !limit.shadow()
        && !(limit instanceof ConcurrencyLimit)
        && !(limit instanceof RateLimit rate && rate.pastQuota() != null);
  }

  static int kind(Limit limit) {
    return limit instanceof RateLimit ? RATE : limit instanceof WindowLimit ? WINDOW : CALLS;
  }

  static int scope(Limit limit) {
    return limit.scope() == Scope.KEY ? KEY : 0;
  }

  /** The kind; of a rate also its unit and, as five bits, its fraction. */
  static int tag(Limit limit) {
    if (!(limit instanceof RateLimit rate)) {
      return kind(limit);
    }
    Gcra gcra = Gcra.of(rate);
    int fraction = Long.hashCode(gcra.parts() * 0x9e3779b97f4a7c15L) >>> 27;
    return RATE | (gcra.unitNanos() == 1000 ? 0 : 4) | fraction << 3;
  }

  /** As a double, which the script is exact in. */
  static void number(long number, ByteBuffer to) {
    to.putDouble((double) bounded(number));
  }

  static long bounded(long number) {
    return Math.min(MOST, number);
  }

  LimitSet limits() {
    return limits;
  }

  /** As the script reads it; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  int id(int index) {
    return ids[index];
  }

  /** That more or less was used in a window of a limit. */
  Correction correction(int index, WindowLimit limit, long start, long difference) {
    long end = WindowsAround.of(limit, start * SECOND).end();
    return new Correction(
        scope(limit), WINDOW, ids[index], WindowsAround.bounded(start), end, difference);
  }

  /** That permits of a rate come back which nobody spent. */
  Correction unspent(int index, RateLimit rate, long permits) {
    Gcra gcra = Gcra.of(rate);
    long x = permits * gcra.step();
    return new Correction(
        scope(rate),
        RATE,
        ids[index],
        tag(rate),
        0,
        x / gcra.parts(),
        x % gcra.parts(),
        gcra.parts());
  }

  /** That calls ended which held a concurrency limit. */
  Correction ended(int index, long taken) {
    return new Correction(scope(limits.get(index)), CALLS, ids[index], 0, 0, -taken);
  }

  /** Corrections by nothing, which have the state written as it is. */
  List<Correction> unchanged(long now) {
    List<Correction> all = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      if (limit instanceof RateLimit rate) {
        all.add(unspent(i, rate, 0));
      } else if (limit instanceof WindowLimit window) {
        all.add(correction(i, window, windows(i, now).start(), 0));
      } else {
        all.add(ended(i, 0));
      }
    }
    return all;
  }

  /** That a call ended which may have been charged. */
  List<Correction> ended(Charge charge) {
    List<Correction> ended = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i) instanceof ConcurrencyLimit && charge.amount(i) > 0) {
        ended.add(ended(i, charge.amount(i)));
      }
    }
    return ended;
  }

  /** Whether a charge may be taken several times ahead, and what is left be given back. */
  boolean mayBeLeased() {
    return leasable;
  }

  /** Whether calls under way are counted. */
  boolean holdsCalls() {
    return holdsCalls;
  }

  /** Whether some limits are of the key alone. */
  boolean perKey() {
    return perKey;
  }

  /** The windows around a moment of a window limit. */
  WindowsAround windows(int index, long now) {
    WindowsAround known = windows.get(index);
    if (known == null || !known.contains(now)) {
      known = WindowsAround.of((WindowLimit) limits.get(index), now);
      windows.set(index, known);
    }
    return known;
  }
}
