// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import com.stripe.net.HttpClient;
import com.stripe.net.StripeRequest;
import com.stripe.net.StripeResponse;
import dev.monetize.stripe.ModelStripe.Killed;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The way to a Stripe, on which calls and answers get lost, and on which the process may end. */
final class FlakyStripe extends HttpClient {

  private final HttpClient real =
      new OneTryHttpClient(Duration.ofSeconds(10), Duration.ofSeconds(10));
  private final SplittableRandom random;
  private final Runnable kill;
  private double failing;
  private double killing;
  private boolean out;
  private int faults;
  private int kills;

  /**
   * @param kill ends the process
   */
  FlakyStripe(SplittableRandom random, Runnable kill) {
    this.random = random;
    this.kill = kill;
  }

  void failing(double share) {
    failing = share;
  }

  void killing(double share) {
    killing = share;
  }

  /** Has no call get through; of some only the answer gets lost. */
  void out(boolean isOut) {
    out = isOut;
  }

  int faults() {
    return faults + kills;
  }

  private boolean fails() {
    boolean fails = out || random.nextDouble() < failing;
    faults += fails ? 1 : 0;
    return fails;
  }

  private void killIf() {
    if (random.nextDouble() < killing) {
      kills++;
      kill.run();
      throw new Killed();
    }
  }

  @Override
  public StripeResponse request(StripeRequest request) throws StripeException {
    killIf();
    boolean fails = fails();
    if (fails && (out || random.nextBoolean())) {
      throw lost();
    }
    StripeResponse answer = real.request(request);
    killIf();
    if (fails) {
      throw lost();
    }
    return answer;
  }

  /** Without a trace, since there are thousands of them in a log. */
  private static ApiConnectionException lost() {
    ApiConnectionException lost = new ApiConnectionException("lost on the way");
    lost.setStackTrace(new StackTraceElement[0]);
    return lost;
  }

  /** The same for usage. */
  MeterEvents meters(MeterEvents behind) {
    return new MeterEvents() {

      @Override
      public int most() {
        return behind.most();
      }

      @Override
      public Answer send(List<MeterCall> calls) {
        killIf();
        boolean fails = fails();
        int way = fails ? random.nextInt(3) : 3;
        Answer answer =
            switch (way) {
              case 0 -> new Answer.NotTaken("nobody there", 0);
              case 1 -> new Answer.InDoubt("lost on the way", false, 0);
              default -> behind.send(calls);
            };
        killIf();
        return way == 2 ? new Answer.InDoubt("the answer was lost", false, 0) : answer;
      }

      @Override
      public BigDecimal sum(String event, String customer, long from, long to)
          throws StripeException {
        if (fails()) {
          throw lost();
        }
        return behind.sum(event, customer, from, to);
      }

      @Override
      public Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
          throws StripeException {
        return behind.hours(event, customer, from, to);
      }
    };
  }
}
