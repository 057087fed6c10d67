// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Window;
import dev.monetize.notice.MissingListeners;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells {@link Notices} what customers have used, of each quota: of the included units, and of the
 * most that the customer can owe where its overage is capped. After each call, of the quotas that
 * it counts in; at start, and after other tiers came into force, of all customers with use.
 */
final class NoticeWatch {

  private static final Logger log = LoggerFactory.getLogger(NoticeWatch.class);

  private final @Nullable Notices notices;
  private final MissingListeners missing;
  private final Ledger ledger;
  private final Offers offers;
  private final Time time;

  /**
   * A watch.
   *
   * @param notices null where nobody listens
   */
  NoticeWatch(
      @Nullable Notices notices,
      MissingListeners missing,
      Ledger ledger,
      Offers offers,
      Time time) {
    this.notices = notices;
    this.missing = missing;
    this.ledger = ledger;
    this.offers = offers;
    this.time = time;
  }

  Optional<Notices> notices() {
    return Optional.ofNullable(notices);
  }

  MissingListeners missing() {
    return missing;
  }

  /** Never throws. */
  void settled(Caller caller, String key, List<QuotaWindow> windows) {
    if (notices == null) {
      return;
    }
    try {
      for (int i = 0; i < windows.size(); i++) {
        Quota quota = caller.plan().quota(windows.get(i).quota());
        if (quota != null) {
          used(notices, caller.plan(), caller.customer(), key, quota, windows.get(i));
        }
      }
    } catch (RuntimeException e) {
      log.error("what {} has used could not be noticed", caller, e);
    }
  }

  /** What a customer has may be another than before. Never throws. */
  void changed(String customer) {
    try {
      look(customer);
    } catch (RuntimeException e) {
      log.error("what {} has used could not be noticed", customer, e);
    }
  }

  /** Looks at everyone, in the background. */
  void recheck() {
    if (notices != null) {
      notices.recheck(ledger.customers(), this::look);
    }
  }

  /** Looks at what a customer has used in the windows of now. */
  private void look(String customer) {
    if (notices != null) {
      offers.planOf(customer).ifPresent(plan -> look(notices, customer, plan));
    }
  }

  private void look(Notices notices, String customer, Plan plan) {
    long now = time.now();
    for (Quota quota : plan.tier().quotas()) {
      QuotaWindow window = Plan.window(quota, plan.windowAt(quota, now).start());
      Set<String> keys = window.perKey() ? ledger.keys(customer) : Set.of("");
      for (String key : keys) {
        used(notices, plan, customer, key, quota, window);
      }
    }
  }

  private void used(
      Notices notices, Plan plan, String customer, String key, Quota quota, QuotaWindow counted) {
    long used = ledger.used(customer, key, counted);
    Window window = plan.windowAt(quota, counted.start() * 1_000_000_000L);
    notices.used(customer, key, counted, window.end(), quota.included(), used);
    if (used > quota.included()
        && quota.past() instanceof PastQuota.Bill bill
        && bill.cap().isPresent()) {
      spent(notices, plan, customer, quota, window, bill.cap().getAsLong(), used);
    }
  }

  private static void spent(
      Notices notices,
      Plan plan,
      String customer,
      Quota quota,
      Window window,
      long cap,
      long used) {
    Price price = plan.tier().prices().get(quota.meter());
    if (price != null) {
      Money most = Rating.line(quota.meter(), price, cap).amount();
      Money amount = Rating.line(quota.meter(), price, used).amount();
      notices.spent(customer, quota.id(), window.start(), window.end(), most, amount);
    }
  }
}
