// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Limit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One subject's states as the {@link ScriptModel} keeps them: of the customer, and of the key. */
final class ModelState {

  private static final long SECOND = 1_000_000;

  /** Slots of each scope, in the order they are written. */
  private final List<List<ModelSlot>> scopes = List.of(new ArrayList<>(), new ArrayList<>());

  private final boolean[] changed = new boolean[2];

  ModelState copy() {
    ModelState copy = new ModelState();
    for (int scope = 0; scope < 2; scope++) {
      for (ModelSlot slot : scopes.get(scope)) {
        copy.scopes.get(scope).add(slot.copy());
      }
    }
    return copy;
  }

  List<ModelSlot> slots(int scope) {
    return scopes.get(scope);
  }

  /** The slot of a kind and an id, or null. */
  @Nullable ModelSlot slot(int scope, int kind, int id) {
    for (ModelSlot slot : scopes.get(scope)) {
      if (slot.kind == kind && slot.id == id) {
        return slot;
      }
    }
    return null;
  }

  /** Another slot, behind all. */
  ModelSlot add(int scope, int kind, int id, int tag) {
    ModelSlot fresh = new ModelSlot(kind, id, tag);
    scopes.get(scope).add(fresh);
    return fresh;
  }

  /** The slot of a limit, which is added if there is none. */
  ModelSlot of(LimitPlan plan, int index) {
    Limit limit = plan.limits().get(index);
    int scope = LimitPlan.scope(limit);
    ModelSlot known = slot(scope, LimitPlan.kind(limit), plan.id(index));
    return known == null
        ? add(scope, LimitPlan.kind(limit), plan.id(index), LimitPlan.tag(limit))
        : known;
  }

  /** A scope is to be written. */
  void change(int scope) {
    changed[scope] = true;
  }

  /** A scope that nothing was changed of is not written; of others, what tells nothing is not. */
  void write(ModelState before, long micros) {
    for (int scope = 0; scope < 2; scope++) {
      List<ModelSlot> slots = scopes.get(scope);
      if (changed[scope]) {
        drop(slots, micros);
      } else {
        slots.clear();
        slots.addAll(before.scopes.get(scope));
      }
      changed[scope] = false;
    }
  }

  private static void drop(List<ModelSlot> slots, long micros) {
    long second = Math.floorDiv(micros, SECOND);
    slots.forEach(slot -> slot.held.removeIf(held -> held[1] == 0 || held[2] < second));
    slots.removeIf(slot -> slot.isOver(micros, second));
    slots.forEach(slot -> slot.charged = false);
  }

  /** As Redis has it; null where it has none. */
  byte @Nullable [] bytes(int scope) {
    List<ModelSlot> slots = scopes.get(scope);
    if (slots.isEmpty()) {
      return null;
    }
    byte[] room = new byte[100_000];
    ByteBuffer to = ByteBuffer.wrap(room).order(ByteOrder.LITTLE_ENDIAN);
    to.put((byte) 1);
    slots.forEach(slot -> slot.write(to));
    return Arrays.copyOf(room, to.position());
  }
}
