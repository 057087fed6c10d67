// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import dev.monetize.stripe.ModelStripe.Taken;
import dev.monetize.usage.Measure;
import dev.monetize.usage.RecordedEvent;
import dev.monetize.usage.UsageBatch;
import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Random use of three customers in batches of one journal, and what it comes to, hour by hour. Not
 * thread-safe.
 */
final class RandomUse {

  /** What our meters are called at Stripe. */
  private static final Map<String, String> EVENTS =
      Map.of("calls", "api_calls", "tokens", "tokens");

  private final SplittableRandom random;
  private final InstantSource clock;
  private final Supplier<List<Measure>> measures;
  private final UUID journal = new UUID(1, 2);
  private final List<UsageBatch> batches = new ArrayList<>();
  private final SortedMap<String, Long> used = new TreeMap<>();
  private long sequence = 1;
  private int delivered;

  /**
   * None at first.
   *
   * @param measures what is used in a call
   */
  RandomUse(SplittableRandom random, InstantSource clock, Supplier<List<Measure>> measures) {
    this.random = random;
    this.clock = clock;
    this.measures = measures;
  }

  /** A batch of calls, of now or of the last hours. */
  void use() {
    List<RecordedEvent> events = new ArrayList<>();
    for (int left = 1 + random.nextInt(5); left > 0; left--) {
      sequence += 1 + random.nextInt(3);
      events.add(new RecordedEvent(journal, sequence, event()));
    }
    batches.add(new UsageBatch(journal, "stripe", events));
  }

  private UsageEvent event() {
    Instant time = clock.instant().minusSeconds(random.nextInt(2) * random.nextLong(9000));
    long nanos = time.getEpochSecond() * 1_000_000_000L;
    String customer = "c" + random.nextInt(3);
    List<Measure> call = measures.get();
    for (Measure one : call) {
      if (one.units() > 0) {
        String event = EVENTS.get(one.meter());
        used.merge(window("cus_" + customer, event, time.getEpochSecond()), one.units(), Long::sum);
      }
    }
    return new UsageEvent(nanos, nanos, customer, "", "pro", "GET /", 200, false, call, List.of());
  }

  /**
   * Gives a sink what none was given.
   *
   * @param again how many of the last ones come again
   */
  void deliver(StripeUsageSink sink, int again) throws IOException, InterruptedException {
    for (int i = Math.max(0, delivered - again); i < batches.size(); i++) {
      sink.deliver(batches.get(i));
      delivered = Math.max(delivered, i + 1);
    }
  }

  /** What Stripe is to have in the end. */
  SortedMap<String, Long> used() {
    return used;
  }

  /** What it has. */
  static SortedMap<String, Long> at(ModelStripe stripe) {
    SortedMap<String, Long> sums = new TreeMap<>();
    for (Taken one : stripe.taken()) {
      sums.merge(window(one.customer(), one.event(), one.second()), one.units(), Long::sum);
    }
    return sums;
  }

  private static String window(String customer, String event, long second) {
    return customer + " " + event + " " + Instant.ofEpochSecond(3600 * (second / 3600));
  }
}
