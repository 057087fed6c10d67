// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Gcra;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.WindowLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A limit in a question to the {@link ScriptModel}, with what it comes to. */
final class ModelLimit {

  static final long NEVER = -1;

  private static final long SECOND = 1_000_000;
  private static final long LATEST = 0xffff_ffffL;

  private final ModelQuestion question;
  private final int index;
  private final Limit limit;
  private final ModelSlot slot;
  private final long amount;
  private @Nullable ModelLimit quota;
  private long units; // of a window or of calls
  private long from;
  private long to;
  private int tag;
  private Gcra.Arrival arrival = Gcra.Arrival.FRESH;

  ModelLimit(ModelQuestion question, int index, ModelSlot slot, long amount) {
    this.question = question;
    this.index = index;
    this.limit = question.plan().limits().get(index);
    this.slot = slot;
    this.amount = amount;
  }

  private int scope() {
    return LimitPlan.scope(limit);
  }

  boolean shadow() {
    return limit.shadow();
  }

  private boolean holds() {
    ModelLimit of = quota;
    return of == null || of.units > ((WindowLimit) of.limit).included() - of.amount;
  }

  private boolean tellsHeld() {
    ModelLimit of = quota;
    return of == null || of.units >= ((WindowLimit) of.limit).included();
  }

  private static long units(Gcra gcra, long micros) {
    return gcra.units(micros * 1000);
  }

  /** As it is now. */
  void load(List<ModelLimit> all, ModelState state) {
    if (limit instanceof RateLimit rate) {
      load(rate, all);
    } else if (limit instanceof WindowLimit) {
      load(question.plan().windows(index, question.callersNanos()));
    } else {
      long second = question.second();
      long latest = second + question.instance().silentSeconds();
      for (long[] held : slot.held) {
        if (held[2] > latest) {
          state.change(scope());
        }
        held[2] = Math.min(held[2], latest);
      }
      units = slot.held.stream().filter(h -> h[2] >= second).mapToLong(h -> h[1]).sum();
    }
  }

  private void load(RateLimit rate, List<ModelLimit> all) {
    Gcra gcra = Gcra.of(rate);
    if (slot.tag != LimitPlan.tag(rate)) {
      long whole = slot.arrivalMicros();
      slot.arrival = new Gcra.Arrival(-Math.floorDiv(-whole, gcra.unitNanos() / 1000), 0);
      slot.tag = LimitPlan.tag(rate);
    }
    arrival = gcra.at(slot.arrival, units(gcra, question.micros()));
    if (rate.pastQuota() != null) {
      quota =
          all.stream().filter(o -> o.limit.id().equals(rate.pastQuota())).findAny().orElseThrow();
    }
  }

  private void load(WindowsAround windows) {
    long[] window = window(windows);
    boolean ahead = slot.start >= window[1];
    from = ahead ? slot.start : window[0];
    to = ahead ? slot.end : window[1];
    units = ahead || slot.start >= window[0] ? slot.units : 0;
    tag = LimitPlan.WINDOW;
    if (slot.units == 0 || slot.start != from || slot.tag == ModelSlot.ALONE) {
      boolean known = from == windows.start() && question.least() >= 0;
      units = known ? Math.max(units, question.least()) : units;
      tag = known ? LimitPlan.WINDOW : ModelSlot.ALONE;
    }
  }

  /** Start and end of the window that the server's clock is in. */
  private long[] window(WindowsAround told) {
    long second = question.second();
    long[] bounds = {told.former(), told.start(), told.end(), told.following()};
    for (int i = 0; i < 3; i++) {
      if (bounds[i] <= second && second < bounds[i + 1]) {
        return new long[] {bounds[i], bounds[i + 1]};
      }
    }
    if (slot.start <= second && second < slot.end) {
      return new long[] {slot.start, slot.end};
    }
    boolean before = second < told.former();
    long length = before ? told.start() - told.former() : told.following() - told.end();
    long start = second - Math.floorMod(second - (before ? told.former() : told.end()), length);
    return new long[] {Math.max(0, start), Math.min(LATEST, start + length)};
  }

  /** How long to wait until it would allow this, in microseconds; 0 if it does. */
  long delay() {
    if (limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      return holds()
          ? gcra.delay(arrival, amount, units(gcra, question.micros())) * (gcra.unitNanos() / 1000)
          : 0;
    }
    if (limit instanceof WindowLimit window) {
      long ceiling = LimitPlan.bounded(window.ceiling());
      if (amount == 0 || units <= ceiling - amount) {
        return 0;
      }
      return amount > ceiling ? NEVER : Math.max(1, to * SECOND - question.micros());
    }
    long max = ((ConcurrencyLimit) limit).max();
    return amount == 0 || units <= max - amount ? 0 : SECOND;
  }

  /** How often the amount can be taken, of so many times. */
  long most(int times) {
    if (times <= 1 || amount <= 0) {
      return times;
    }
    if (limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      return Math.min(times, gcra.remaining(arrival, units(gcra, question.micros())) / amount);
    }
    return limit instanceof WindowLimit window && window.ceiling() < LimitPlan.MOST
        ? Math.min(times, Math.floorDiv(window.ceiling() - units, amount))
        : times;
  }

  /** Takes of a rate; all rates come first, as a quota's use says whether one holds. */
  void takeOfRate(long times, ModelState state) {
    if (limit instanceof RateLimit rate && amount > 0 && holds()) {
      Gcra gcra = Gcra.of(rate);
      long now = units(gcra, question.micros());
      arrival = gcra.at(gcra.after(arrival, amount * times, now), now);
      slot.arrival = arrival;
      state.change(scope());
    }
  }

  /** Takes of what is no rate. */
  void takeOfOther(long times, ModelState state) {
    if (limit instanceof WindowLimit) {
      units = Math.min(LimitPlan.MOST, units + amount * times);
      slot.tag = tag;
      slot.units = units;
      slot.start = from;
      slot.end = to;
      slot.charged = true;
      if (amount > 0) {
        state.change(scope());
      }
    } else if (limit instanceof ConcurrencyLimit && amount > 0) {
      units += amount;
      hold();
      state.change(scope());
    }
  }

  private void hold() {
    Instance instance = question.instance();
    long[] own = null;
    for (long[] held : slot.held) {
      if (held[0] == instance.number()) {
        own = held;
      }
    }
    if (own == null) {
      own = new long[] {instance.number(), 0, 0};
      slot.held.add(own);
    }
    own[1] = (own[2] < question.second() ? 0 : own[1]) + amount;
    own[2] = question.second() + instance.silentSeconds();
  }

  /** What is told of it. */
  void answer(List<Long> numbers) {
    long micros = question.micros();
    if (limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      long now = units(gcra, micros);
      if (tellsHeld()) {
        long ahead = arrival.time() - now + (arrival.part() > 0 ? 1 : 0);
        numbers.add(gcra.remaining(arrival, now));
        numbers.add(ahead * (gcra.unitNanos() / 1000));
      } else {
        numbers.addAll(List.of(rate.burst(), 0L));
      }
    } else if (limit instanceof WindowLimit window) {
      numbers.add(Math.max(0, LimitPlan.bounded(window.included()) - units));
      numbers.addAll(List.of(Math.max(1, to * SECOND - micros), from, units));
    } else {
      numbers.add(Math.max(0, ((ConcurrencyLimit) limit).max() - units));
      numbers.add(0L);
    }
  }
}
