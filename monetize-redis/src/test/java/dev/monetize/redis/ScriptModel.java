// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What limit.lua must do, in whole numbers: same questions, same answers, same states. One
 * subject's.
 */
final class ScriptModel {

  private final ModelState state;

  ScriptModel() {
    this(new ModelState());
  }

  private ScriptModel(ModelState state) {
    this.state = state;
  }

  /** As it is now, to go on from elsewhere. */
  ScriptModel copy() {
    return new ScriptModel(state.copy());
  }

  /** Units of a customer's window limit, by the window's start; of none, no entry. */
  Map<Long, Long> windows() {
    Map<Long, Long> units = new HashMap<>();
    for (ModelSlot slot : state.slots(0)) {
      if (slot.kind == LimitPlan.WINDOW) {
        units.put(slot.start, slot.units);
      }
    }
    return units;
  }

  /** The latest arrival time of a customer's rate, in the unit of its limit. */
  long arrival() {
    return state.slots(0).stream()
        .filter(slot -> slot.kind == LimitPlan.RATE)
        .mapToLong(slot -> slot.arrival.time())
        .max()
        .orElse(0);
  }

  /** A customer's calls under way, by instance: how many, and until when they count. */
  Map<Integer, long[]> calls() {
    Map<Integer, long[]> calls = new HashMap<>();
    for (ModelSlot slot : state.slots(0)) {
      slot.held.forEach(held -> calls.put((int) held[0], new long[] {held[1], held[2]}));
    }
    return calls;
  }

  /** A state as Redis has it; null where it has none. */
  byte @Nullable [] state(int scope) {
    return state.bytes(scope);
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
    ModelQuestion question = new ModelQuestion(plan, least, instance, callersNanos, micros);
    return decide(question, charge, false, times, corrections);
  }

  /** Asks as {@link LimitRequest#force} does. */
  List<Long> force(
      LimitPlan plan, Charge charge, Instance instance, long callersNanos, long micros) {
    ModelQuestion question = new ModelQuestion(plan, -1, instance, callersNanos, micros);
    return decide(question, charge, true, 1, List.of());
  }

  private List<Long> decide(
      ModelQuestion question,
      @Nullable Charge charge,
      boolean forced,
      int times,
      List<Correction> corrections) {
    ModelState before = state.copy();
    List<ModelLimit> all = new ArrayList<>();
    for (int i = 0; i < question.plan().limits().size(); i++) {
      long amount = charge == null ? 0 : charge.amount(i);
      all.add(new ModelLimit(question, i, state.of(question.plan(), i), amount));
    }
    new ModelCorrections(state, question.instance(), question.micros()).apply(corrections);
    all.forEach(limit -> limit.load(all, state));
    List<Long> answer = new ArrayList<>();
    boolean allowed = judge(all, answer);
    long taken = charge != null && (forced || allowed) ? take(all, times) : 0;
    state.write(before, question.micros());
    answer.add(0, taken);
    all.forEach(limit -> limit.answer(answer));
    return answer;
  }

  /** Adds which limit refuses, for how long, and those that only would; whether none refuses. */
  private static boolean judge(List<ModelLimit> all, List<Long> answer) {
    long slowest = 0;
    long longest = 0;
    List<Long> shadowed = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      long wait = all.get(i).delay();
      if (wait != 0 && all.get(i).shadow()) {
        shadowed.add(i + 1L);
      } else if (wait != 0
          && (slowest == 0
              || (longest != ModelLimit.NEVER && (wait == ModelLimit.NEVER || wait > longest)))) {
        slowest = i + 1L;
        longest = wait;
      }
    }
    answer.addAll(List.of(slowest, longest, (long) shadowed.size()));
    answer.addAll(shadowed);
    return slowest == 0;
  }

  /** Takes as often as fits, but once at least; how often that is. */
  private long take(List<ModelLimit> all, int times) {
    long most = all.stream().mapToLong(limit -> limit.most(times)).min().orElse(times);
    long taken = Math.max(1, most);
    all.forEach(limit -> limit.takeOfRate(taken, state));
    all.forEach(limit -> limit.takeOfOther(taken, state));
    return taken;
  }

  /** Asks as {@link LimitRequest#correct} does. */
  void correct(Instance instance, long micros, List<Correction> corrections) {
    ModelState before = state.copy();
    new ModelCorrections(state, instance, micros).apply(corrections);
    state.write(before, micros);
  }
}
