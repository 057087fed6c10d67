// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.ConcurrencyLimit;
import dev.monetize.limit.Gcra;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimit;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What limit.lua must do, in whole numbers: same questions, same answers, same states. One
 * subject's.
 */
final class ScriptModel {

  private static final long SECOND = 1_000_000;
  private static final long NEVER = -1;
  private static final long GRACE = 60;
  private static final long LATEST = 0xffff_ffffL;

  /** The tag of a window whose count began without what the ledger knows. */
  private static final int ALONE = LimitPlan.WINDOW + 4;

  /** Slots of the customer and of the key, in the order they are written. */
  private final List<List<Used>> states = List.of(new ArrayList<>(), new ArrayList<>());

  /** As it is now, to go on from elsewhere. */
  ScriptModel copy() {
    ScriptModel copy = new ScriptModel();
    for (int scope = 0; scope < 2; scope++) {
      copy.states.get(scope).addAll(copy(states.get(scope)));
    }
    return copy;
  }

  /** Units of a customer's window limit, by the window's start; of none, no entry. */
  Map<Long, Long> windows() {
    Map<Long, Long> units = new HashMap<>();
    for (Used slot : states.get(0)) {
      if (slot.kind == LimitPlan.WINDOW) {
        units.put(slot.start, slot.units);
      }
    }
    return units;
  }

  /** The latest arrival time of a customer's rate, in the unit of its limit. */
  long arrival() {
    return states.get(0).stream()
        .filter(slot -> slot.kind == LimitPlan.RATE)
        .mapToLong(slot -> slot.arrival.time())
        .max()
        .orElse(0);
  }

  /** A customer's calls under way, by instance: how many, and until when they count. */
  Map<Integer, long[]> calls() {
    Map<Integer, long[]> calls = new HashMap<>();
    for (Used slot : states.get(0)) {
      slot.held.forEach(held -> calls.put((int) held[0], new long[] {held[1], held[2]}));
    }
    return calls;
  }

  /** What was used of a limit. */
  private static final class Used {

    private final int kind;
    private final int id;
    private int tag;
    private Gcra.Arrival arrival = Gcra.Arrival.FRESH;
    private long units;
    private long start;
    private long end;
    private boolean charged;
    private final List<long[]> held = new ArrayList<>(); // by, calls, until

    Used(int kind, int id, int tag) {
      this.kind = kind;
      this.id = id;
      this.tag = tag;
    }

    private Used copy() {
      Used copy = new Used(kind, id, tag);
      copy.arrival = arrival;
      copy.units = units;
      copy.start = start;
      copy.end = end;
      held.forEach(one -> copy.held.add(one.clone()));
      return copy;
    }
  }

  /** A limit in a question, with what it comes to. */
  private static final class Asked {

    private final Limit limit;
    private final Used used;
    private final long amount;
    private @Nullable Asked quota;
    private long units; // of a window or of calls
    private long from;
    private long to;
    private int tag;
    private Gcra.Arrival arrival = Gcra.Arrival.FRESH;

    Asked(Limit limit, Used used, long amount) {
      this.limit = limit;
      this.used = used;
      this.amount = amount;
    }

    boolean holds() {
      Asked of = quota;
      return of == null || of.units > ((WindowLimit) of.limit).included() - of.amount;
    }

    boolean tellsHeld() {
      Asked of = quota;
      return of == null || of.units >= ((WindowLimit) of.limit).included();
    }
  }

  /**
   * Asks as {@link LimitRequest#decide} does.
   *
   * @param micros what the server's clock shows
   * @return the answer's numbers
   */
  List<Long> decide(
      LimitPlan plan,
      Subject subject,
      @Nullable Charge charge,
      long least,
      Instance instance,
      int times,
      long callersNanos,
      long micros,
      List<Correction> corrections) {
    return decide(plan, charge, false, least, instance, times, callersNanos, micros, corrections);
  }

  private List<Long> decide(
      LimitPlan plan,
      @Nullable Charge charge,
      boolean forced,
      long least,
      Instance instance,
      int times,
      long callersNanos,
      long micros,
      List<Correction> corrections) {
    List<List<Used>> before = List.of(copy(states.get(0)), copy(states.get(1)));
    boolean[] changed = new boolean[2];
    LimitSet limits = plan.limits();
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      Limit limit = limits.get(i);
      all.add(new Asked(limit, used(plan, i), charge == null ? 0 : charge.amount(i)));
    }
    correct(instance, micros, corrections, changed);
    for (int i = 0; i < all.size(); i++) {
      load(plan, i, all, forced ? -1 : least, instance, callersNanos, micros, changed);
    }
    long taken = 0;
    int slowest = 0;
    long longest = 0;
    List<Integer> shadowed = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      long wait = delay(all.get(i), micros);
      if (wait != 0 && all.get(i).limit.shadow()) {
        shadowed.add(i + 1);
      } else if (wait != 0
          && (slowest == 0 || (longest != NEVER && (wait == NEVER || wait > longest)))) {
        slowest = i + 1;
        longest = wait;
      }
    }
    if (charge != null && (forced || slowest == 0)) {
      taken = Math.max(1, most(all, times, micros));
      take(all, taken, instance, micros, changed);
    }
    write(before, changed, micros);
    return answer(all, taken, slowest, longest, shadowed, micros);
  }

  /** Asks as {@link LimitRequest#force} does. */
  List<Long> force(
      LimitPlan plan, Charge charge, Instance instance, long callersNanos, long micros) {
    return decide(plan, charge, true, 0, instance, 1, callersNanos, micros, List.of());
  }

  /** Asks as {@link LimitRequest#correct} does. */
  void correct(Instance instance, long micros, List<Correction> corrections) {
    List<List<Used>> before = List.of(copy(states.get(0)), copy(states.get(1)));
    boolean[] changed = new boolean[2];
    correct(instance, micros, corrections, changed);
    write(before, changed, micros);
  }

  /** A state that nothing was changed of is not written. */
  private void write(List<List<Used>> before, boolean[] changed, long micros) {
    for (int scope = 0; scope < 2; scope++) {
      if (changed[scope]) {
        drop(states.get(scope), micros);
      } else {
        states.get(scope).clear();
        states.get(scope).addAll(before.get(scope));
      }
    }
  }

  private static List<Used> copy(List<Used> all) {
    return new ArrayList<>(all.stream().map(Used::copy).toList());
  }

  private Used used(LimitPlan plan, int index) {
    Limit limit = plan.limits().get(index);
    List<Used> slots = states.get(LimitPlan.scope(limit));
    for (Used slot : slots) {
      if (slot.kind == LimitPlan.kind(limit) && slot.id == plan.id(index)) {
        return slot;
      }
    }
    Used fresh = new Used(LimitPlan.kind(limit), plan.id(index), LimitPlan.tag(limit));
    slots.add(fresh);
    return fresh;
  }

  private void correct(
      Instance instance, long micros, List<Correction> corrections, boolean[] changed) {
    long second = Math.floorDiv(micros, SECOND);
    for (Correction correction : corrections) {
      begin(correction, second);
      beginCount(correction, instance);
      for (Used slot : states.get(correction.scope())) {
        if (slot.id != correction.id() || slot.kind != correction.kind()) {
          continue;
        }
        if (slot.kind == LimitPlan.RATE && slot.tag == correction.start()) {
          giveBack(slot, correction);
          changed[correction.scope()] = true;
        } else if (slot.kind == LimitPlan.WINDOW
            && slot.start <= correction.start()
            && correction.start() < slot.end) {
          slot.units = Math.min(LimitPlan.MOST, Math.max(0, slot.units + correction.difference()));
          slot.charged = true;
          changed[correction.scope()] = true;
        } else if (slot.kind == LimitPlan.CALLS) {
          for (long[] held : slot.held) {
            if (held[0] == instance.number()) {
              long left = Math.max(0, held[1] + correction.difference());
              held[1] = correction.isCount() ? correction.difference() : left;
              held[2] = second + instance.silentSeconds();
              changed[correction.scope()] = true;
            }
          }
        }
      }
    }
  }

  private static void giveBack(Used slot, Correction unspent) {
    long time = slot.arrival.time() - unspent.difference();
    long part = slot.arrival.part() - unspent.part();
    if (part < 0) {
      time--;
      part += unspent.parts();
    }
    slot.arrival = time < 0 ? Gcra.Arrival.FRESH : new Gcra.Arrival(time, part);
  }

  /** All that an instance has under way, which the server may know nothing of. */
  private void beginCount(Correction correction, Instance instance) {
    if (!correction.isCount() || correction.difference() <= 0) {
      return;
    }
    List<Used> slots = states.get(correction.scope());
    Used known = null;
    for (Used slot : slots) {
      known = slot.kind == LimitPlan.CALLS && slot.id == correction.id() ? slot : known;
    }
    if (known == null) {
      known = new Used(LimitPlan.CALLS, correction.id(), LimitPlan.CALLS);
      slots.add(known);
    }
    if (known.held.stream().noneMatch(held -> held[0] == instance.number())) {
      known.held.add(new long[] {instance.number(), 0, 0});
    }
  }

  /** What was taken while Redis was away may be of a window that it has not seen. */
  private void begin(Correction correction, long second) {
    if (correction.kind() != LimitPlan.WINDOW
        || correction.difference() <= 0
        || correction.end() <= second) {
      return;
    }
    List<Used> slots = states.get(correction.scope());
    Used known = null;
    for (Used slot : slots) {
      known = slot.kind == LimitPlan.WINDOW && slot.id == correction.id() ? slot : known;
    }
    if (known != null && known.units > 0) {
      return;
    }
    if (known == null) {
      known = new Used(LimitPlan.WINDOW, correction.id(), ALONE);
      slots.add(known);
    }
    known.tag = ALONE;
    known.units = 0;
    known.start = correction.start();
    known.end = correction.end();
  }

  /** Each limit as it is now; what the ledger knows is not told where that is negative. */
  private static void load(
      LimitPlan plan,
      int index,
      List<Asked> all,
      long least,
      Instance instance,
      long callersNanos,
      long micros,
      boolean[] changed) {
    Asked asked = all.get(index);
    Used used = asked.used;
    long second = Math.floorDiv(micros, SECOND);
    if (asked.limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      if (used.tag != LimitPlan.tag(rate)) {
        long was = (used.tag & 4) == 0 ? 1 : 1000;
        long whole = (used.arrival.time() + (used.arrival.part() > 0 ? 1 : 0)) * was;
        used.arrival = new Gcra.Arrival(-Math.floorDiv(-whole, gcra.unitNanos() / 1000), 0);
        used.tag = LimitPlan.tag(rate);
      }
      asked.arrival = gcra.at(used.arrival, gcra.units(micros * 1000));
      if (rate.pastQuota() != null) {
        asked.quota =
            all.stream().filter(o -> o.limit.id().equals(rate.pastQuota())).findAny().orElseThrow();
      }
    } else if (asked.limit instanceof WindowLimit) {
      load(asked, plan.windows(index, callersNanos), least, second);
    } else {
      long latest = second + instance.silentSeconds();
      for (long[] held : used.held) {
        changed[LimitPlan.scope(asked.limit)] |= held[2] > latest;
        held[2] = Math.min(held[2], latest);
      }
      asked.units = used.held.stream().filter(h -> h[2] >= second).mapToLong(h -> h[1]).sum();
    }
  }

  private static void load(Asked asked, WindowsAround windows, long least, long second) {
    Used used = asked.used;
    long[] window = window(windows, used, second);
    boolean ahead = used.start >= window[1];
    asked.from = ahead ? used.start : window[0];
    asked.to = ahead ? used.end : window[1];
    asked.units = ahead || used.start >= window[0] ? used.units : 0;
    asked.tag = LimitPlan.WINDOW;
    if (used.units == 0 || used.start != asked.from || used.tag == ALONE) {
      boolean known = asked.from == windows.start() && least >= 0;
      asked.units = known ? Math.max(asked.units, least) : asked.units;
      asked.tag = known ? LimitPlan.WINDOW : ALONE;
    }
  }

  /** Start and end of the window that the server's clock is in. */
  private static long[] window(WindowsAround told, Used used, long second) {
    long[] bounds = {told.former(), told.start(), told.end(), told.following()};
    for (int i = 0; i < 3; i++) {
      if (bounds[i] <= second && second < bounds[i + 1]) {
        return new long[] {bounds[i], bounds[i + 1]};
      }
    }
    if (used.start <= second && second < used.end) {
      return new long[] {used.start, used.end};
    }
    boolean before = second < told.former();
    long length = before ? told.start() - told.former() : told.following() - told.end();
    long start = second - Math.floorMod(second - (before ? told.former() : told.end()), length);
    return new long[] {Math.max(0, start), Math.min(LATEST, start + length)};
  }

  private static long delay(Asked asked, long micros) {
    if (asked.limit instanceof RateLimit rate) {
      Gcra gcra = Gcra.of(rate);
      return asked.holds()
          ? gcra.delay(asked.arrival, asked.amount, gcra.units(micros * 1000))
              * (gcra.unitNanos() / 1000)
          : 0;
    }
    if (asked.limit instanceof WindowLimit window) {
      long ceiling = LimitPlan.bounded(window.ceiling());
      if (asked.amount == 0 || asked.units <= ceiling - asked.amount) {
        return 0;
      }
      return asked.amount > ceiling ? NEVER : Math.max(1, asked.to * SECOND - micros);
    }
    long max = ((ConcurrencyLimit) asked.limit).max();
    return asked.amount == 0 || asked.units <= max - asked.amount ? 0 : SECOND;
  }

  private static long most(List<Asked> all, int times, long micros) {
    long most = times;
    for (Asked asked : all) {
      if (times > 1 && asked.amount > 0 && asked.limit instanceof RateLimit rate) {
        Gcra gcra = Gcra.of(rate);
        long left = gcra.remaining(asked.arrival, gcra.units(micros * 1000));
        most = Math.min(most, left / asked.amount);
      } else if (times > 1
          && asked.amount > 0
          && asked.limit instanceof WindowLimit window
          && window.ceiling() < LimitPlan.MOST) {
        most = Math.min(most, Math.floorDiv(window.ceiling() - asked.units, asked.amount));
      }
    }
    return most;
  }

  private static void take(
      List<Asked> all, long times, Instance instance, long micros, boolean[] changed) {
    for (Asked asked : all) {
      if (asked.limit instanceof RateLimit rate && asked.amount > 0 && asked.holds()) {
        Gcra gcra = Gcra.of(rate);
        long now = gcra.units(micros * 1000);
        asked.arrival = gcra.at(gcra.after(asked.arrival, asked.amount * times, now), now);
        asked.used.arrival = asked.arrival;
        changed[LimitPlan.scope(rate)] = true;
      }
    }
    for (Asked asked : all) {
      if (asked.limit instanceof WindowLimit) {
        asked.units = Math.min(LimitPlan.MOST, asked.units + asked.amount * times);
        asked.used.tag = asked.tag;
        asked.used.units = asked.units;
        asked.used.start = asked.from;
        asked.used.end = asked.to;
        asked.used.charged = true;
        changed[LimitPlan.scope(asked.limit)] |= asked.amount > 0;
      } else if (asked.limit instanceof ConcurrencyLimit && asked.amount > 0) {
        asked.units += asked.amount;
        hold(asked, instance, Math.floorDiv(micros, SECOND));
        changed[LimitPlan.scope(asked.limit)] = true;
      }
    }
  }

  private static void hold(Asked asked, Instance instance, long second) {
    long[] own = null;
    for (long[] held : asked.used.held) {
      if (held[0] == instance.number()) {
        own = held;
      }
    }
    if (own == null) {
      own = new long[] {instance.number(), 0, 0};
      asked.used.held.add(own);
    }
    own[1] = (own[2] < second ? 0 : own[1]) + asked.amount;
    own[2] = second + instance.silentSeconds();
  }

  /** Leaves out what tells nothing any more. */
  private static void drop(List<Used> slots, long micros) {
    long second = Math.floorDiv(micros, SECOND);
    slots.forEach(slot -> slot.held.removeIf(held -> held[1] == 0 || held[2] < second));
    slots.removeIf(
        slot ->
            switch (slot.kind) {
              case LimitPlan.RATE -> ends(slot) <= micros;
              case LimitPlan.WINDOW ->
                  slot.units == 0 || (!slot.charged && slot.end + GRACE <= second);
              default -> slot.held.isEmpty();
            });
    slots.forEach(slot -> slot.charged = false);
  }

  private static long ends(Used rate) {
    return (rate.arrival.time() + (rate.arrival.part() > 0 ? 1 : 0))
        * ((rate.tag & 4) == 0 ? 1 : 1000);
  }

  private static List<Long> answer(
      List<Asked> all, long taken, int slowest, long longest, List<Integer> shadowed, long micros) {
    List<Long> numbers = new ArrayList<>();
    numbers.addAll(List.of(taken, (long) slowest, longest, (long) shadowed.size()));
    shadowed.forEach(index -> numbers.add((long) index));
    for (Asked asked : all) {
      if (asked.limit instanceof RateLimit rate) {
        Gcra gcra = Gcra.of(rate);
        long now = gcra.units(micros * 1000);
        if (asked.tellsHeld()) {
          long ahead = asked.arrival.time() - now + (asked.arrival.part() > 0 ? 1 : 0);
          numbers.add(gcra.remaining(asked.arrival, now));
          numbers.add(ahead * (gcra.unitNanos() / 1000));
        } else {
          numbers.addAll(List.of(rate.burst(), 0L));
        }
      } else if (asked.limit instanceof WindowLimit window) {
        numbers.add(Math.max(0, LimitPlan.bounded(window.included()) - asked.units));
        numbers.addAll(List.of(Math.max(1, asked.to * SECOND - micros), asked.from, asked.units));
      } else {
        numbers.add(Math.max(0, ((ConcurrencyLimit) asked.limit).max() - asked.units));
        numbers.add(0L);
      }
    }
    return numbers;
  }

  /** A state as Redis has it; null where it has none. */
  byte @Nullable [] state(int scope) {
    List<Used> slots = states.get(scope);
    if (slots.isEmpty()) {
      return null;
    }
    byte[] room = new byte[100_000];
    ByteBuffer to = ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
    to.put((byte) 1);
    for (Used slot : slots) {
      to.put((byte) slot.tag);
      to.putInt(slot.id);
      switch (slot.kind) {
        case LimitPlan.RATE -> {
          to.putDouble((double) slot.arrival.time());
          to.putDouble((double) slot.arrival.part());
        }
        case LimitPlan.WINDOW -> {
          to.putDouble((double) slot.units);
          to.putInt((int) slot.start);
          to.putInt((int) slot.end);
        }
        default -> {
          to.put((byte) slot.held.size());
          for (long[] held : slot.held) {
            to.putInt((int) held[0]);
            to.putInt((int) held[1]);
            to.putInt((int) held[2]);
          }
        }
      }
    }
    return Arrays.copyOf(room, to.position());
  }
}
