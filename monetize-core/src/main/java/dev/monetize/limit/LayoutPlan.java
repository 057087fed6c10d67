// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives each limit of one scope its place. */
final class LayoutPlan {

  private final List<Limit> limits;
  private final List<Slot> slots = new ArrayList<>();
  private int width;

  LayoutPlan(List<Limit> limits, Scope scope) {
    this.limits = limits;
    int start = Slot.CELLS * limits.size();
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i) instanceof WindowLimit window) {
        if (window.scope() == scope) {
          add(new WindowSlot(window, i, width, start));
        }
        start++;
      }
    }
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).scope() == scope) {
        place(limits.get(i), i);
      }
    }
  }

  private void place(Limit limit, int index) {
    if (limit instanceof RateLimit rate) {
      add(new RateSlot(rate, index, width, quota(rate)));
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      add(new ConcurrencySlot(concurrency, index, width));
    }
  }

  private void add(Slot slot) {
    slots.add(slot);
    width += slot.width();
  }

  private @Nullable WindowSlot quota(RateLimit rate) {
    String wanted = rate.pastQuota();
    if (wanted == null) {
      return null;
    }
    for (Slot slot : slots) {
      if (slot instanceof WindowSlot window && window.limit().id().equals(wanted)) {
        return window;
      }
    }
    throw new IllegalArgumentException(
        "limit \"%s\" holds past quota \"%s\", but no window limit of scope %s has that id, got %s"
            .formatted(rate.id(), wanted, rate.scope(), limits.stream().map(Limit::id).toList()));
  }

  Layout layout() {
    return Layout.of(slots);
  }
}
