// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.Fault;
import dev.monetize.usage.JournalSettings.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every call that a journal makes to its files fails once, in each way, and for good. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class JournalFaultsTest {

  /** Most of them wait, a second for the next try. */
  private static final int AT_ONCE = 192;

  private final ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource(Durability.class)
  void everyCall_mayFail(Durability durability) throws Exception {
    long calls = new FaultyRun(durability, Fault.NONE, true, 1, true).run().calls();
    List<FaultyRun> runs = new ArrayList<>();
    for (long call = 1; call <= calls; call++) {
      for (Fault fault : Fault.values()) {
        runs.add(new FaultyRun(durability, fault, true, call, call % 2 == 0));
        runs.add(new FaultyRun(durability, fault, false, call, call % 2 == 1));
      }
    }

    List<String> broken = new ArrayList<>();
    int failed = 0;
    List<Future<FaultyRun.Result>> results = runs.stream().map(this::submit).toList();
    for (int i = 0; i < runs.size(); i++) {
      try {
        failed += results.get(i).get().failures() > 0 ? 1 : 0;
      } catch (ExecutionException e) {
        broken.add(runs.get(i) + ": " + e.getCause());
      }
    }

    System.out.printf(
        "%s: %d calls, %d runs, %d with calls that failed%n",
        durability, calls, runs.size(), failed);
    assertThat(broken.stream().limit(5)).as("the first of %d", broken.size()).isEmpty();
    assertThat(failed).isGreaterThan(runs.size() / 3);
  }

  private Future<FaultyRun.Result> submit(FaultyRun run) {
    return threads.submit(run::run);
  }
}
