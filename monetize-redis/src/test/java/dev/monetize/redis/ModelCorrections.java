// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Gcra;
import java.util.List;

/** What the {@link ScriptModel} makes of corrections of earlier calls, told by one instance. */
final class ModelCorrections {

  private static final long SECOND = 1_000_000;

  private final ModelState state;
  private final Instance instance;
  private final long second;

  ModelCorrections(ModelState state, Instance instance, long micros) {
    this.state = state;
    this.instance = instance;
    this.second = Math.floorDiv(micros, SECOND);
  }

  void apply(List<Correction> corrections) {
    for (Correction correction : corrections) {
      begin(correction);
      beginCount(correction);
      for (ModelSlot slot : state.slots(correction.scope())) {
        if (slot.id == correction.id() && slot.kind == correction.kind()) {
          apply(correction, slot);
        }
      }
    }
  }

  private void apply(Correction correction, ModelSlot slot) {
    if (slot.kind == LimitPlan.RATE && slot.tag == correction.start()) {
      giveBack(slot, correction);
      state.change(correction.scope());
    } else if (slot.kind == LimitPlan.WINDOW
        && slot.start <= correction.start()
        && correction.start() < slot.end) {
      slot.units = Math.min(LimitPlan.MOST, Math.max(0, slot.units + correction.difference()));
      slot.charged = true;
      state.change(correction.scope());
    } else if (slot.kind == LimitPlan.CALLS) {
      for (long[] held : slot.held) {
        if (held[0] == instance.number()) {
          long left = Math.max(0, held[1] + correction.difference());
          held[1] = correction.isCount() ? correction.difference() : left;
          held[2] = second + instance.silentSeconds();
          state.change(correction.scope());
        }
      }
    }
  }

  private static void giveBack(ModelSlot slot, Correction unspent) {
    long time = slot.arrival.time() - unspent.difference();
    long part = slot.arrival.part() - unspent.part();
    if (part < 0) {
      time--;
      part += unspent.parts();
    }
    slot.arrival = time < 0 ? Gcra.Arrival.FRESH : new Gcra.Arrival(time, part);
  }

  /** All that an instance has under way, which the server may know nothing of. */
  private void beginCount(Correction correction) {
    if (!correction.isCount() || correction.difference() <= 0) {
      return;
    }
    int scope = correction.scope();
    ModelSlot known = state.slot(scope, LimitPlan.CALLS, correction.id());
    if (known == null) {
      known = state.add(scope, LimitPlan.CALLS, correction.id(), LimitPlan.CALLS);
    }
    if (known.held.stream().noneMatch(held -> held[0] == instance.number())) {
      known.held.add(new long[] {instance.number(), 0, 0});
    }
  }

  /** What was taken while Redis was away may be of a window that it has not seen. */
  private void begin(Correction correction) {
    if (correction.kind() != LimitPlan.WINDOW
        || correction.difference() <= 0
        || correction.end() <= second) {
      return;
    }
    int scope = correction.scope();
    ModelSlot known = state.slot(scope, LimitPlan.WINDOW, correction.id());
    if (known != null && known.units > 0) {
      return;
    }
    if (known == null) {
      known = state.add(scope, LimitPlan.WINDOW, correction.id(), ModelSlot.ALONE);
    }
    known.tag = ModelSlot.ALONE;
    known.units = 0;
    known.start = correction.start();
    known.end = correction.end();
  }
}
