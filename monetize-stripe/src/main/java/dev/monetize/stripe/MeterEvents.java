// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Meters at Stripe, as the sender of an outbox needs them. Thread-safe. */
interface MeterEvents {

  /** How many may be sent together. */
  int most();

  /**
   * Sends usage, once.
   *
   * @param calls at least one, at most {@link #most}, of different customers or meters; the answer
   *     is of all of them
   */
  Answer send(List<MeterCall> calls);

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
