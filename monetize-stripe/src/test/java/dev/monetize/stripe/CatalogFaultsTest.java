// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.stripe.exception.ApiException;
import com.stripe.exception.StripeException;
import dev.monetize.testkit.stripe.StripeFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each call in turn goes wrong, and the run is made again by a new process: in the end there is
 * what one clean run makes, and nothing twice.
 */
final class CatalogFaultsTest {

  private static final int RUNS = 3;

  private static final String FIRST =
      """
      tiers:
        pro:
          price: 49/month
          included_calls: 50000/month
          overage: $0.002/call
          features: {sso: true}
          endpoints: [/v1/*]
      """;

  /** Another base price, another feature, and another tier. */
  private static final String SECOND =
      FIRST.replace("49/month", "59/month").replace("sso: true", "sso: true, audit: true")
          + """
            max:
              price: 199/month
              features: {audit: true}
              endpoints: [/v1/*]
          """;

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(List.of(StripeFault.errorBefore())),
        Arguments.of(List.of(StripeFault.errorAfter())),
        Arguments.of(List.of(StripeFault.tooMany())),
        Arguments.of(List.of(StripeFault.unanswered(), StripeFault.lost())),
        Arguments.of(List.of(StripeFault.unanswered(), StripeFault.errorAfter())));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void callThatGoesWrong_isMadeGoodByTheNextRun(List<StripeFault> faults) throws StripeException {
    String clean;
    long calls;
    try (CatalogBench bench = new CatalogBench()) {
      bench.apply(FIRST);
      bench.apply(SECOND);
      calls = bench.stripe.calls();
      clean = bench.everything();
    }
    int broken = 0;
    for (int at = 0; at < calls; at++) {
      try (CatalogBench bench = new CatalogBench()) {
        List<StripeFault> plan = new ArrayList<>(fine(at));
        plan.addAll(faults);
        bench.stripe.faults().next(plan.toArray(StripeFault[]::new));
        broken += untilDone(bench, FIRST);
        broken += untilDone(bench, SECOND);
        assertThat(bench.everything()).as("call %d of %d", at, calls).isEqualTo(clean);
      }
    }
    boolean isTold = faults.size() > 1 || faults.get(0).kind() == StripeFault.Kind.TOO_MANY;
    if (isTold) {
      assertThat(broken).as("runs that broke off").isGreaterThanOrEqualTo(10);
    }
  }

  /** Stripe repeats a stored error for a day, and a new process asks with the same key first. */
  @Test
  void errorsOfARun_areNotRepeatedToTheNext() throws StripeException {
    try (CatalogBench bench = new CatalogBench()) {
      StripeFault fine = StripeFault.slow(Duration.ZERO);
      StripeFault error = StripeFault.errorBefore();
      String path = "/v1/prices";
      bench.stripe.faults().next(path, fine, error, fine, error, fine, error);
      assertThatThrownBy(() -> bench.apply(FIRST)).isInstanceOf(ApiException.class);
      bench.stripe.faults().heal();
      assertThat(bench.stripe.calls("POST", "/v1/prices")).as("tries").isEqualTo(3);
      assertThat(bench.prices()).isEmpty();

      bench.apply(FIRST);

      assertThat(bench.prices()).hasSize(2);
      assertThat(bench.products()).hasSize(1);
    }
  }

  /** As instances that start together: each finds that nothing is there. */
  @Test
  void runsAtOnce_allGetThrough_andMakeNothingTwice() throws Exception {
    String clean;
    try (CatalogBench bench = new CatalogBench()) {
      bench.apply(SECOND);
      clean = bench.everything();
    }
    ExecutorService threads = Executors.newFixedThreadPool(RUNS);
    try {
      for (int round = 0; round < 10; round++) {
        try (CatalogBench bench = new CatalogBench()) {
          List<Future<CatalogPlan>> runs =
              threads.invokeAll(Collections.nCopies(RUNS, () -> bench.apply(SECOND)));
          for (Future<CatalogPlan> run : runs) {
            run.get();
          }
          assertThat(bench.everything()).isEqualTo(clean);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Between any two calls by which a run looks at what is there, a whole other one. */
  @Test
  void runWithinARun_bothGetThrough_andMakeNothingTwice() throws Exception {
    String clean;
    long calls;
    try (CatalogBench bench = new CatalogBench()) {
      bench.apply(FIRST);
      long before = bench.stripe.calls();
      bench.plan(SECOND);
      calls = bench.stripe.calls() - before;
      bench.apply(SECOND);
      clean = bench.everything();
    }
    assertThat(calls).as("calls").isGreaterThanOrEqualTo(5);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      for (int at = 0; at < calls; at++) {
        try (CatalogBench bench = new CatalogBench()) {
          bench.apply(FIRST);
          List<StripeFault> plan = new ArrayList<>(fine(at));
          plan.add(StripeFault.held());
          bench.stripe.faults().next(plan.toArray(StripeFault[]::new));
          Future<CatalogPlan> outer = thread.submit(() -> bench.apply(SECOND));
          bench.stripe.faults().awaitHeld(1);

          bench.apply(SECOND);

          bench.stripe.faults().release();
          outer.get();
          assertThat(bench.everything()).as("before call %d of %d", at, calls).isEqualTo(clean);
        }
      }
    } finally {
      thread.shutdownNow();
    }
  }

  private static List<StripeFault> fine(int calls) {
    StripeFault[] fine = new StripeFault[calls];
    Arrays.fill(fine, StripeFault.slow(Duration.ZERO));
    return List.of(fine);
  }

  /** Runs until one gets through; how many did not. */
  private static int untilDone(CatalogBench bench, String tiers) {
    for (int broken = 0; broken < 3; broken++) {
      try {
        bench.apply(tiers);
        return broken;
      } catch (StripeException e) {
        // it is run again
      }
    }
    throw new AssertionError("three runs in a row broke off");
  }
}
