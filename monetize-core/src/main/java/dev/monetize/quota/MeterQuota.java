// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.quota;

import dev.monetize.limit.Scope;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A quota as a value. */
record MeterQuota(
    String meter, long included, QuotaPeriod period, PastQuota past, Scope scope, boolean shadow)
    implements Quota {

  private static final Pattern METER = Pattern.compile("[a-z0-9_.-]{1,40}");

  MeterQuota {
    Objects.requireNonNull(meter, "meter");
    Objects.requireNonNull(period, "period");
    Objects.requireNonNull(past, "past");
    Objects.requireNonNull(scope, "scope");
    require(
        METER.matcher(meter).matches(),
        () -> "meter must be 1 to 40 of a-z, 0-9, '_', '.' and '-', got \"" + meter + "\"");
    String id = id(meter, period, scope);
    require(
        included >= 0,
        () -> "included must not be negative, got %d (quota \"%s\")".formatted(included, id));
    if (past instanceof PastQuota.Bill bill && bill.cap().isPresent()) {
      long cap = bill.cap().getAsLong();
      require(
          cap >= included,
          () ->
              "overage cap must be at least the %d included, got %d (quota \"%s\")"
                  .formatted(included, cap, id));
    }
    if (past instanceof PastQuota.Throttle throttle) {
      QuotaLimits.throttle(id, throttle, scope, shadow); // refuses what no rate limit can keep
    }
  }

  private static void require(boolean holds, Supplier<String> message) {
    if (!holds) {
      throw new IllegalArgumentException(message.get());
    }
  }

  @Override
  public String id() {
    return id(meter, period, scope);
  }

  private static String id(String meter, QuotaPeriod period, Scope scope) {
    return meter + "/" + period + (scope == Scope.KEY ? ":key" : "");
  }
}
