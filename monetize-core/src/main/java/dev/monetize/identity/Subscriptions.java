// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.identity;

import java.util.Optional;
import java.util.stream.Stream;

/** What customers have; read on first sight of a customer, and written when it changes. */
public interface Subscriptions {

  /** A customer's subscription. */
  Optional<Subscription> find(String customer);

  /** Adds a subscription, or replaces the customer's present one. Durable when it returns. */
  void put(Subscription subscription);

  /**
   * Adds a subscription, unless the customer has one. Of several processes that add one at once,
   * one does. Durable when it returns.
   *
   * @return whether it was added
   */
  boolean add(Subscription subscription);

  /**
   * Replaces a customer's subscription, unless it has become another meanwhile. Of several
   * processes that replace one at once, one does. Durable when it returns.
   *
   * @param present what the customer has
   * @param next of the same customer
   * @return whether it was replaced
   */
  boolean replace(Subscription present, Subscription next);

  /** All of them, in no order: to tell whom a new tier file concerns. */
  Stream<Subscription> all();
}
