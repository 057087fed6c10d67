// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Window;
import dev.monetize.notice.Notices;
import dev.monetize.price.Money;
import dev.monetize.price.Price;
import dev.monetize.price.Rating;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.Quota;
import dev.monetize.usage.QuotaWindow;

/** Tells {@link Notices} of use, by what a plan includes and where it caps overage. */
record QuotaNotices(Notices notices) {

  private static final long SECOND = 1_000_000_000L;

  /** So much was used in a window of a quota of the plan. */
  void used(Plan plan, String customer, String key, Quota quota, QuotaWindow counted, long used) {
    Window window = plan.windowAt(quota, counted.start() * SECOND);
    notices.used(customer, key, counted, window.end(), quota.included(), used);
    if (used > quota.included()
        && quota.past() instanceof PastQuota.Bill bill
        && bill.cap().isPresent()) {
      spent(plan, customer, quota, window, bill.cap().getAsLong(), used);
    }
  }

  private void spent(Plan plan, String customer, Quota quota, Window window, long cap, long used) {
    Price price = plan.tier().prices().get(quota.meter());
    if (price != null) {
      Money most = Rating.line(quota.meter(), price, cap).amount();
      Money amount = Rating.line(quota.meter(), price, used).amount();
      notices.spent(customer, quota.id(), window.start(), window.end(), most, amount);
    }
  }
}
