// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Meters at Stripe, as the sender of an outbox needs them. Thread-safe. */
interface MeterEvents {

  /**
   * Sends usage, once.
   *
   * @param event the meter's event name
   * @param customer Stripe's
   * @param second when it was used, in seconds since the epoch
   * @param identifier what Stripe counts once within a day
   * @param key what Stripe repeats its answer for
   */
  Answer send(
      String event, String customer, long units, long second, String identifier, String key);

  /**
   * What Stripe has of a customer, which may lag behind.
   *
   * @param from the first second, a full hour
   * @param to the second after the last, a full hour
   * @return null if there is no such meter
   */
  @Nullable BigDecimal sum(String event, String customer, long from, long to)
      throws StripeException;

  /** The same hour by hour, by their first seconds; without those that it has nothing of. */
  Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
      throws StripeException;
}
