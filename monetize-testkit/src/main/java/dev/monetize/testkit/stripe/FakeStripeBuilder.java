// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.time.Duration;
import java.time.InstantSource;

/** How a {@link FakeStripe} is to be. */
public final class FakeStripeBuilder {

  private InstantSource clock = InstantSource.system();
  private long seed = 1;
  private int port;
  private Duration summaryLag = Duration.ofSeconds(5);
  private Duration reportWindow = Duration.ofSeconds(10);
  private Duration draftFor = Duration.ofHours(1);
  private int callsPerSecond;
  private String apiVersion = Versions.NEWEST;

  FakeStripeBuilder() {}

  /** The clock that its time follows; the system's unless set. */
  public FakeStripeBuilder clock(InstantSource source) {
    clock = source;
    return this;
  }

  /** Makes identifiers differ from those of another seed; 1 unless set. */
  public FakeStripeBuilder seed(long number) {
    seed = number;
    return this;
  }

  /** The port of localhost; a free one unless set. */
  public FakeStripeBuilder port(int number) {
    port = number;
    return this;
  }

  /** How long summaries of meters, and searches, do not know what came; 5 s unless set. */
  public FakeStripeBuilder summaryLag(Duration lag) {
    summaryLag = notNegative("summaryLag", lag);
    return this;
  }

  /** Over how long invalid meter events are gathered into a report; 10 s unless set. */
  public FakeStripeBuilder reportWindow(Duration window) {
    reportWindow = notNegative("reportWindow", window);
    return this;
  }

  /** How long the invoice of a period stays a draft; an hour unless set. */
  public FakeStripeBuilder draftFor(Duration time) {
    draftFor = notNegative("draftFor", time);
    return this;
  }

  /**
   * How many calls each second of the clock takes before they are answered with 429; any number
   * unless set. Live, meter events have 1,000; a sandbox has 25 of all.
   *
   * @throws IllegalArgumentException if less than one
   */
  public FakeStripeBuilder callsPerSecond(int most) {
    if (most < 1) {
      throw new IllegalArgumentException("callsPerSecond must be at least 1, got " + most);
    }
    callsPerSecond = most;
    return this;
  }

  /** The version of the API that the account has by default, and its events. */
  public FakeStripeBuilder apiVersion(String version) {
    try {
      Versions.check(version);
    } catch (StripeError e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    apiVersion = version;
    return this;
  }

  private static Duration notNegative(String name, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException(name + " must not be negative, got " + time);
    }
    return time;
  }

  /** Opens it. */
  public FakeStripe start() {
    return new FakeStripe(
        new Settings(
            clock, seed, port, summaryLag, reportWindow, draftFor, callsPerSecond, apiVersion));
  }
}
