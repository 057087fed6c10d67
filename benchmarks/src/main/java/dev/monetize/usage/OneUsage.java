// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;

/** The same usage as each engine wants it. */
final class OneUsage {

  /** As many as a record of the journal takes. */
  private static final int BYTES = 128;

  private final ExternalUsage external;
  private final byte[] id = new byte[16];
  private final byte[] bytes = new byte[BYTES];

  OneUsage(long number, Instant time) {
    SplittableRandom random = new SplittableRandom(number);
    random.nextBytes(id);
    random.nextBytes(bytes);
    String customer = "customer-" + number % 1000;
    external =
        new ExternalUsage(customer, Map.of("pages", number), time, "export", "job-" + number);
  }

  /** As the journal takes it, which encodes it and hashes its id. */
  ExternalUsage external() {
    return external;
  }

  /** For those that would not hash it by themselves. */
  byte[] id() {
    return id;
  }

  byte[] bytes() {
    return bytes;
  }
}
