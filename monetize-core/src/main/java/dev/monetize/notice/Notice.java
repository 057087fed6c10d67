// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.price.Money;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Something that a customer, or who runs the API, is told of. Immutable.
 *
 * <p>Its {@link #id} is made of what it is about, and of nothing else: customer, quota, window and
 * percent, or key, expiry and days. So the same notice has the same id over crashes, restarts and
 * changes of tier; who receives it keeps the ids, and drops what it knows.
 */
public sealed interface Notice {

  /** Its stable id: {@code ntc_} and 32 hexadecimal digits. */
  String id();

  /** What kind it is, as a webhook tells it: {@code quota.threshold_reached}. */
  String type();

  /** Who it is about. */
  String customer();

  /** When it was noticed. */
  Instant at();

  /** After this its period is over; its id is kept for 400 days more. */
  Instant ends();

  /**
   * A percentage of a quota's included units has been used.
   *
   * @param key id of the key whose use it is, where the quota is counted per key
   * @param start first moment of the quota's window
   * @param ends first moment behind it
   * @param used units used, as they were when it was noticed
   * @param percent the threshold reached; {@code used} may be further
   */
  record QuotaReached(
      String customer,
      Optional<String> key,
      String quota,
      String meter,
      Instant start,
      Instant ends,
      long included,
      long used,
      int percent,
      Instant at)
      implements Notice {

    public QuotaReached {
      Objects.requireNonNull(at, "at");
    }

    @Override
    public String id() {
      return NoticeId.of("quota", customer, key.orElse(""), quota, start.getEpochSecond(), percent);
    }

    @Override
    public String type() {
      return "quota.threshold_reached";
    }
  }

  /**
   * A percentage of the most that a customer can owe for a capped meter has been spent.
   *
   * @param quota the quota that is capped
   * @param start first moment of the period that is capped
   * @param ends first moment behind it
   */
  record SpendReached(
      String customer,
      String quota,
      Instant start,
      Instant ends,
      Money cap,
      Money amount,
      int percent,
      Instant at)
      implements Notice {

    public SpendReached {
      Objects.requireNonNull(at, "at");
      if (!cap.currency().equals(amount.currency())) {
        throw new IllegalArgumentException("cap " + cap + " is of another currency than " + amount);
      }
    }

    @Override
    public String id() {
      String currency = cap.currency().getCurrencyCode();
      return NoticeId.of("spend", customer, currency, quota, start.getEpochSecond(), percent);
    }

    @Override
    public String type() {
      return "spend.threshold_reached";
    }
  }

  /**
   * A key expires soon, or has expired.
   *
   * @param key id of the key
   * @param ends when it expires
   * @param days at most so many days are left; 0 where it has expired
   */
  record KeyExpires(String customer, String key, Instant ends, int days, Instant at)
      implements Notice {

    public KeyExpires {
      Objects.requireNonNull(at, "at");
    }

    @Override
    public String id() {
      return NoticeId.of("key", customer, key, "", ends.getEpochSecond(), days);
    }

    @Override
    public String type() {
      return days == 0 ? "key.expired" : "key.expiring";
    }
  }
}
