// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Four processes of 64 threads each on one Redis: no quota is exceeded by what was admitted. */
@Timeout(900)
class ManyProcessesTest {

  private static final int PROCESSES = 4;
  private static final long UNITS = Long.getLong("monetize.test.processQuota", 5_000);
  private static final long SOAK_UNITS = Long.getLong("monetize.test.processQuota", 200_000);

  @TempDir private Path directory;

  /** A process, and what it was admitted. */
  private record Hammer(Process process, BufferedReader says, LongBuffer admitted) {

    void go() throws IOException {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    }

    long all() {
      long sum = 0;
      for (int customer = 0; customer < HammerProcess.COSTS.length; customer++) {
        sum += HammerProcess.of(customer, admitted);
      }
      return sum;
    }
  }

  private List<Hammer> start(long units, int leases) throws IOException {
    List<Hammer> all = new ArrayList<>();
    Path files = Files.createTempDirectory(directory, "run");
    for (int i = 0; i < PROCESSES; i++) {
      Path file = files.resolve(Integer.toString(i));
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx128m",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  HammerProcess.class.getName(),
                  Integer.toString(TestRedis.port()),
                  Long.toString(units),
                  Integer.toString(leases),
                  file.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader says =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      all.add(new Hammer(process, says, HammerProcess.admitted(file)));
    }
    for (Hammer one : all) {
      assertThat(one.says().readLine()).isEqualTo("ready");
    }
    return all;
  }

  /** Runs them to their end; units admitted, by customer. */
  private long[] run(long units, int leases, boolean kill) throws Exception {
    TestRedis.empty().close();
    List<Hammer> all = start(units, leases);
    try {
      for (Hammer one : all) {
        one.go();
      }
      if (kill) {
        Hammer first = all.get(0);
        while (first.all() < units / 10) {
          assertThat(first.process().isAlive()).as("still at it").isTrue();
          Thread.onSpinWait();
        }
        first.process().destroyForcibly();
        assertThat(first.process().waitFor()).as("was killed in the middle").isEqualTo(137);
      }
      for (Hammer one : all.subList(kill ? 1 : 0, all.size())) {
        assertThat(one.process().waitFor()).isZero();
      }
    } finally {
      all.forEach(one -> one.process().destroyForcibly());
    }
    long[] admitted = new long[HammerProcess.COSTS.length];
    for (int customer = 0; customer < admitted.length; customer++) {
      for (Hammer one : all) {
        admitted[customer] += HammerProcess.of(customer, one.admitted());
      }
    }
    System.out.printf(
        "ManyProcessesTest: quota %,d, leases %s, kill %s: admitted %s%n",
        units, leases > 0, kill, Arrays.toString(admitted));
    return admitted;
  }

  /** Where all want more, each quota is used up to what no charge fits into. */
  private void exact(long units) throws Exception {
    long[] admitted = run(units, 0, false);
    assertThat(admitted[0]).as("in ones").isEqualTo(units);
    assertThat(admitted[1]).as("in threes").isEqualTo(units / 3 * 3);
    assertThat(admitted[2]).as("in ones and fives").isEqualTo(units);
    assertThat(admitted[HammerProcess.SETTLED])
        .as("corrected while they go on")
        .isBetween(units / 2, units);
    try (RedisClient redis = RedisClient.create("localhost", TestRedis.port());
        RedisRateLimiter limiter = RedisRateLimiter.on(redis).build()) {
      for (int customer = 0; customer < admitted.length; customer++) {
        assertThat(HammerProcess.left(limiter, customer, units))
            .as("left of customer %s", customer)
            .isEqualTo(units - admitted[customer]);
      }
    }
  }

  /** A killed process takes with it what it had asked for and not written down. */
  private void withoutLeasesKilled(long units) throws Exception {
    long[] admitted = run(units, 0, true);
    for (int customer = 0; customer < HammerProcess.SETTLED; customer++) {
      assertThat(admitted[customer]).isBetween(units - 5 * HammerProcess.THREADS - 3, units);
    }
    assertThat(admitted[HammerProcess.SETTLED]).isLessThanOrEqualTo(units);
  }

  private void withLeases(long units, boolean kill) throws Exception {
    for (long admitted : run(units, PROCESSES, kill)) {
      assertThat(admitted).isBetween(units / 2, units);
    }
  }

  @Test
  void quotas_areUsedUpAndNotExceeded() throws Exception {
    exact(UNITS);
  }

  @Test
  void quotas_areNotExceeded_withLeasesAndAKill() throws Exception {
    withLeases(UNITS, true);
  }

  @Test
  @Tag("soak")
  void soak() throws Exception {
    exact(SOAK_UNITS);
    withoutLeasesKilled(SOAK_UNITS);
    withLeases(SOAK_UNITS, false);
    withLeases(SOAK_UNITS, true);
  }
}
