// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import dev.monetize.examples.quickstart.DemoCustomers;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.CustomerStore;
import dev.monetize.identity.IssuedKey;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.MonetizeKeys.Mode;
import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The demo customers, whose keys are made of a secret, so that each instance knows them without
 * asking another. Instances add what none has added before, at the same moment or later; a key that
 * was revoked and a tier that was changed stay so.
 */
final class SharedDemo {

  private final CustomerStore customers;
  private final Subscriptions subscriptions;
  private final MonetizeKeys format;

  SharedDemo(CustomerStore customers, Subscriptions subscriptions, MonetizeKeys format) {
    this.customers = customers;
    this.subscriptions = subscriptions;
    this.format = format;
  }

  /** The keys that a secret makes, by tier; adds what is missing. */
  Map<String, String> keys(byte[] secret) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (Subscription subscription : DemoCustomers.subscriptions()) {
      String customer = subscription.customer();
      IssuedKey key = format.derive(secret, customer, Mode.LIVE);
      customers.add(new Customer(customer, DemoCustomers.name(subscription)));
      subscriptions.add(subscription);
      // Named by its hash: another secret adds another key.
      String id = "key_" + customer + "_" + key.hash().shortId();
      customers.add(new ApiKey(id, customer, key.hash(), "demo", Instant.now(), null));
      keys.put(subscription.tier(), key.takeSecret());
    }
    return keys;
  }
}
