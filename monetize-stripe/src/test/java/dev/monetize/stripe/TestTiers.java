// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

/** A tier that costs nothing, and two that are sold. */
final class TestTiers {

  static final String TEXT =
      """
      tiers:
        free:
          price: 0
          included_calls: 1000/month
          endpoints: [/v1/*]
        pro:
          price: 49/month
          included_calls: 50000/month
          endpoints: [/v1/*]
          overage: $0.002/call
        max:
          price: 199/month
          included_calls: 500000/month
          endpoints: [/v1/*]
          overage: $0.001/call
      """;

  private TestTiers() {}
}
