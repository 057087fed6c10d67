// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.stripe.StripeFault;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole chain, over faults and ends of the process at random: usage through journal, outbox and
 * HTTP to a Stripe; its events through the webhook to tiers. In the end Stripe has what was used,
 * hour by hour, nobody has two subscriptions, and everybody has the tier that is paid for.
 */
final class ChainHistoryTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());
  private static final int POINTS = Integer.getInteger("monetize.points", 10_000);
  private static final int STEPS = 1200;
  private static final String EVENTS = "/v1/billing/meter_events";

  @TempDir private Path data;

  @Test
  void usageAndTiers_areRightInTheEnd() throws Exception {
    System.out.println("ChainHistoryTest: -Dmonetize.seed=" + SEED);
    SplittableRandom seeds = new SplittableRandom(SEED);
    int points = 0;
    int histories = 0;
    while (points < POINTS) {
      long seed = seeds.nextLong();
      String what = "-Dmonetize.seed=" + SEED + ", history " + seed;
      try (ChainHistory history = new ChainHistory(seed, data.resolve("history" + histories))) {
        Instant start = history.shop.clock.instant();
        StripeFault[] answers = {
          StripeFault.errorBefore(),
          StripeFault.errorAfter(),
          StripeFault.tooMany(Duration.ofSeconds(2)),
          StripeFault.conflict()
        };
        history.shop.stripe.faults().random(EVENTS, 0.1, seed, answers);
        for (int i = 0; i < STEPS; i++) {
          history.step();
          if (i == STEPS / 2) {
            history.start();
            history.outage(histories == 0 ? 72 : 1 + new SplittableRandom(seed).nextInt(72));
          }
        }
        history.end();
        assertThat(history.counted(start)).as(what).isEqualTo(history.used);
        history.checkTiers(what);
        points += history.points();
        histories++;
      }
    }
    System.out.printf(
        "%,d kills and faults in %,d histories: nothing lost, nothing twice, all tiers right%n",
        points, histories);
  }
}
