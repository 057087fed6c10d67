// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

/** The tiers that the filter is measured with: a rate limit and a quota, neither ever used up. */
final class BenchTiers {

  static final String FILE =
      """
      tiers:
        pro:
          price: 49/month
          included_calls: 4000000000/month
          rate_limit: 10000000/s
          endpoints: [/v1/*]
          overage: $0.002/call
        enterprise:
          price: custom
          included_calls: custom
          rate_limit: custom
          endpoints: [/v1/*, /v1/admin/*]
      """;

  private BenchTiers() {}
}
