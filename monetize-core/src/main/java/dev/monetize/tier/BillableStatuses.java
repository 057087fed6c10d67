// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.BitSet;

/** HTTP statuses whose answers are billed; 2xx unless an endpoint says otherwise. */
public final class BillableStatuses {

  private final BitSet statuses;

  private BillableStatuses(BitSet statuses) {
    this.statuses = statuses;
  }

  /** 200 to 299. */
  public static BillableStatuses success() {
    BitSet set = new BitSet(600);
    set.set(200, 300);
    return new BillableStatuses(set);
  }

  /** Whether an answer with this status is billed. */
  public boolean covers(int status) {
    return status >= 0 && statuses.get(status);
  }
}
