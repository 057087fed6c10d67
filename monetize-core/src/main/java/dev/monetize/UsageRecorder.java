// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.LimitSet;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Scope;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowLimit;
import dev.monetize.quota.Quota;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.QuotaWindow;
import dev.monetize.usage.Recording;
import dev.monetize.usage.UsageIntake;
import java.util.ArrayList;
import java.util.List;

/**
 * Records usage from elsewhere for the customer's tier: in the quota windows of its own time, and,
 * where those are the windows of now, in the limiter, so that calls are held to what is left.
 */
final class UsageRecorder {

  private final Callers callers;
  private final Offers offers;
  private final UsageIntake intake;
  private final RateLimiter limiter;
  private final NoticeWatch watch;

  UsageRecorder(
      Callers callers, Offers offers, UsageIntake intake, RateLimiter limiter, NoticeWatch watch) {
    this.callers = callers;
    this.offers = offers;
    this.intake = intake;
    this.limiter = limiter;
    this.watch = watch;
  }

  UsageIntake intake() {
    return intake;
  }

  Recording record(ExternalUsage usage, long now) {
    Credential customer;
    try {
      customer = Credential.customer(usage.customer());
    } catch (IllegalArgumentException e) {
      return new Recording.Refused(String.valueOf(e.getMessage()));
    }
    Identification found = callers.identify(customer, "", offers.current(), now);
    if (found instanceof Denied denied) {
      return denied.reason() == Reason.IDENTITY_UNAVAILABLE
          ? new Recording.Unavailable()
          : new Recording.Refused("customer \"" + usage.customer() + "\": " + denied.detail());
    }
    return record(usage, (Caller) found, now);
  }

  private Recording record(ExternalUsage usage, Caller caller, long now) {
    List<QuotaWindow> windows = windows(usage, caller.plan());
    Recording recording = intake.record(usage, caller.tier().name(), windows);
    if (recording instanceof Recording.Recorded) {
      charge(usage, caller.plan(), windows, now);
      watch.settled(caller, usage.key(), windows);
    }
    return recording;
  }

  private static List<QuotaWindow> windows(ExternalUsage usage, Plan plan) {
    List<QuotaWindow> windows = new ArrayList<>();
    for (Quota quota : plan.tier().quotas()) {
      boolean counts =
          usage.units().containsKey(quota.meter())
              && (quota.scope() == Scope.CUSTOMER || !usage.key().isEmpty());
      if (counts) {
        windows.add(Plan.window(quota, plan.windowAt(quota, Time.nanos(usage.time())).start()));
      }
    }
    return windows;
  }

  /** Takes nothing, and settles that to what was used. Who has nothing left is refused anyway. */
  private void charge(ExternalUsage usage, Plan plan, List<QuotaWindow> windows, long now) {
    LimitSet limits = plan.limits();
    Subject subject = new Subject(usage.customer(), usage.key());
    Decision decision = limiter.acquire(subject, Charge.of(limits, limit -> 0), now);
    if (!(decision instanceof Decision.Allowed allowed)) {
      return;
    }
    long[] actual = new long[limits.size()];
    for (int i = 0; i < actual.length; i++) {
      actual[i] = used(usage, windows, limits.get(i), allowed.standing().windowStart(i));
    }
    limiter.settle(allowed, actual, now);
  }

  private static long used(
      ExternalUsage usage, List<QuotaWindow> windows, Limit limit, long start) {
    for (QuotaWindow window : windows) {
      if (limit instanceof WindowLimit
          && window.quota().equals(limit.id())
          && window.start() == start) {
        return usage.units().getOrDefault(window.meter(), 0L);
      }
    }
    return 0;
  }
}
