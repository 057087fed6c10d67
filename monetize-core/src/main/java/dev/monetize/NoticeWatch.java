// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monetize.limit.Window;
import dev.monetize.notice.MissingListeners;
import dev.monetize.notice.Notices;
import dev.monetize.notice.Untold;
import dev.monetize.quota.Quota;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.QuotaWindow;
import java.time.Duration;
import java.util.ArrayList;
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
 *
 * <p>A window that has ended is looked at only at start, and only if something may be {@link
 * Notices#untold} of it: never after a change of tiers, which say nothing of what was included
 * before. Of what was cut off, the windows are the one that the last use was in, the one before,
 * and those that ended in the month up to that use: several processes may have died, or ended, one
 * after the other, before they got to look. They are judged by what the customer has now, as what
 * it had is not known.
 */
final class NoticeWatch {

  private static final Logger log = LoggerFactory.getLogger(NoticeWatch.class);

  private static final long SECOND = 1_000_000_000L;
  private static final Duration PLAN_KNOWN = Duration.ofSeconds(10);

  /** So long before the last use of which nobody was told, windows that ended are looked at. */
  private static final Duration LOOK_BACK = Duration.ofDays(31);

  private final @Nullable QuotaNotices quotas;
  private final MissingListeners missing;
  private final Ledger ledger;
  private final Offers offers;
  private final Time time;

  /** What customers had a moment ago. */
  private final Cache<String, Plan> plans =
      Caffeine.newBuilder().maximumSize(10_000).expireAfterWrite(PLAN_KNOWN).build();

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
    this.quotas = notices == null ? null : new QuotaNotices(notices);
    this.missing = missing;
    this.ledger = ledger;
    this.offers = offers;
    this.time = time;
  }

  Optional<Notices> notices() {
    return Optional.ofNullable(quotas).map(QuotaNotices::notices);
  }

  MissingListeners missing() {
    return missing;
  }

  /** Never throws. */
  void settled(Caller caller, String key, List<QuotaWindow> windows) {
    if (quotas == null) {
      return;
    }
    try {
      for (int i = 0; i < windows.size(); i++) {
        QuotaWindow window = windows.get(i);
        Quota quota = caller.plan().quota(window.quota());
        if (quota != null) {
          long used = ledger.used(caller.customer(), key, window);
          quotas.used(caller.plan(), caller.customer(), key, quota, window, used);
        }
      }
    } catch (RuntimeException e) {
      log.error("what {} has used could not be noticed", caller, e);
    }
  }

  /** What a customer has may be another than before. Never throws. */
  void changed(String customer) {
    if (quotas == null) {
      return;
    }
    plans.invalidate(customer);
    try {
      look(quotas, customer, null);
    } catch (RuntimeException e) {
      log.error("what {} has used could not be noticed", customer, e);
    }
  }

  /** Somebody has used something, on whatever instance: looks at it soon. Never throws. */
  void used(String customer) {
    if (quotas != null) {
      QuotaNotices all = quotas;
      all.notices().look(customer, whom -> look(all, whom, knownPlan(whom), null));
    }
  }

  /** Of those who call all the time, not looked up each time. */
  private @Nullable Plan knownPlan(String customer) {
    return plans.get(customer, whom -> offers.planOf(whom).orElse(null));
  }

  /** Other tiers are in force: looks at everyone, in the background. */
  void changed() {
    plans.invalidateAll();
    recheck(null);
  }

  /**
   * At start, and when it becomes the turn of this instance: looks at everyone, in the background,
   * and at what may be untold since before.
   */
  void start() {
    if (quotas != null) {
      quotas.notices().onTurn(this::recheck);
    }
  }

  private void recheck() {
    recheck(quotas == null ? null : quotas.notices().untold().orElse(null));
  }

  private void recheck(@Nullable Untold untold) {
    if (quotas != null) {
      quotas.notices().recheck(ledger.customers(), customer -> look(quotas, customer, untold));
    }
  }

  /** Looks at what a customer has used in the windows of now, and in those that ended untold. */
  private void look(QuotaNotices quotas, String customer, @Nullable Untold untold) {
    look(quotas, customer, offers.planOf(customer).orElse(null), untold);
  }

  private void look(
      QuotaNotices quotas, String customer, @Nullable Plan plan, @Nullable Untold untold) {
    if (plan == null) {
      return;
    }
    long now = time.now();
    for (Quota quota : plan.tier().quotas()) {
      List<QuotaWindow> ended = untold == null ? List.of() : ended(plan, quota, untold, now);
      QuotaWindow present = Plan.window(quota, plan.windowAt(quota, now).start());
      for (String key : present.perKey() ? ledger.keys(customer) : Set.of("")) {
        for (QuotaWindow window : ended) {
          ledger
              .counted(customer, key, window)
              .ifPresent(used -> quotas.used(plan, customer, key, quota, window, used));
        }
        quotas.used(plan, customer, key, quota, present, ledger.used(customer, key, present));
      }
    }
  }

  private static List<QuotaWindow> ended(Plan plan, Quota quota, Untold untold, long now) {
    long present = plan.windowAt(quota, now).start();
    long first = untold.first().getEpochSecond();
    long recent = untold.last().minus(LOOK_BACK).getEpochSecond();
    List<QuotaWindow> ended = new ArrayList<>();
    Window window = plan.windowAt(quota, Math.min(now, Time.nanos(untold.last())));
    for (int i = 0; window.end() > first && (i < 2 || window.end() > recent); i++) {
      if (window.start() < present) {
        ended.add(Plan.window(quota, window.start()));
      }
      window = plan.windowAt(quota, window.start() * SECOND - 1);
    }
    return ended;
  }
}
