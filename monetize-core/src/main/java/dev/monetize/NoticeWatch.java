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
import dev.monetize.usage.Ledger;
import dev.monetize.usage.QuotaWindow;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells {@link Notices} what settled calls have used, of each quota that they count in: of the
 * included units, and of the most that the customer can owe where its overage is capped.
 */
final class NoticeWatch {

  private static final Logger log = LoggerFactory.getLogger(NoticeWatch.class);

  private final @Nullable Notices notices;
  private final Ledger ledger;

  /**
   * A watch.
   *
   * @param notices null where nobody listens
   */
  NoticeWatch(@Nullable Notices notices, Ledger ledger) {
    this.notices = notices;
    this.ledger = ledger;
  }

  Optional<Notices> notices() {
    return Optional.ofNullable(notices);
  }

  /** Never throws. */
  void settled(Caller caller, String key, List<QuotaWindow> windows) {
    if (notices == null) {
      return;
    }
    try {
      for (int i = 0; i < windows.size(); i++) {
        settled(notices, caller, key, windows.get(i));
      }
    } catch (RuntimeException e) {
      log.error("what {} has used could not be noticed", caller, e);
    }
  }

  private void settled(Notices notices, Caller caller, String key, QuotaWindow counted) {
    Quota quota = caller.plan().quota(counted.quota());
    if (quota == null) {
      return;
    }
    long used = ledger.used(caller.customer(), key, counted);
    Window window = caller.plan().windowAt(quota, counted.start() * 1_000_000_000L);
    notices.used(caller.customer(), key, counted, window.end(), quota.included(), used);
    if (used > quota.included()
        && quota.past() instanceof PastQuota.Bill bill
        && bill.cap().isPresent()) {
      spent(notices, caller, quota, window, bill.cap().getAsLong(), used);
    }
  }

  private static void spent(
      Notices notices, Caller caller, Quota quota, Window window, long cap, long used) {
    Price price = caller.tier().prices().get(quota.meter());
    if (price != null) {
      Money most = Rating.line(quota.meter(), price, cap).amount();
      Money amount = Rating.line(quota.meter(), price, used).amount();
      notices.spent(caller.customer(), window.start(), window.end(), most, amount);
    }
  }
}
