// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Caller;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.UsageReport.MeterUse;
import dev.monetize.usage.Aggregation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A call of an API, without a server: it is admitted, uses what it is told to, and is settled.
 *
 * <pre>{@code
 * FakeCall generate = FakeCall.post("/v1/generate", key).uses("tokens", 120);
 *
 * assertThat(generate.charged(monetizer)).containsEntry("calls", 1L).containsEntry("tokens", 120L);
 * assertThat(generate.answered(500).charged(monetizer)).isEmpty();
 * assertThat(FakeCall.get("/v1/x", "no key").refused(monetizer).reason()).isEqualTo(Reason.UNKNOWN_KEY);
 * }</pre>
 *
 * Immutable; each call of {@link #charged} or {@link #refused} is another call of the API.
 */
public final class FakeCall {

  private final ApiCall call;
  private final List<Use> uses;
  private final Outcome outcome;

  private record Use(String meter, long units) {}

  private FakeCall(ApiCall call, List<Use> uses, Outcome outcome) {
    this.call = call;
    this.uses = List.copyOf(uses);
    this.outcome = outcome;
  }

  /** A GET that is answered with 200. */
  public static FakeCall get(String path, String key) {
    return of(ApiCall.of("GET", path, key));
  }

  /** A POST that is answered with 200. */
  public static FakeCall post(String path, String key) {
    return of(ApiCall.of("POST", path, key));
  }

  /** Any call, answered with 200. */
  public static FakeCall of(ApiCall call) {
    return new FakeCall(call, List.of(), Outcome.answered(200));
  }

  /** The same, in which the handler adds units to a meter, on top of others. */
  public FakeCall uses(String meter, long units) {
    List<Use> more = new ArrayList<>(uses);
    more.add(new Use(meter, units));
    return new FakeCall(call, more, outcome);
  }

  /** The same, answered with another status. */
  public FakeCall answered(int status) {
    return ends(Outcome.answered(status));
  }

  /** The same with another end. */
  public FakeCall ends(Outcome other) {
    return new FakeCall(call, uses, other);
  }

  /**
   * Makes the call.
   *
   * @return what its customer was charged for it, by meter that is summed up; empty if it was not
   *     billable. Not exact if other calls of the customer are settled meanwhile, or a quota's
   *     window ends
   * @throws AssertionError if it is refused, or public
   */
  public Map<String, Long> charged(Monetizer monetizer) {
    Admission admission = monetizer.admit(call);
    if (!(admission instanceof Granted granted)) {
      throw new AssertionError("expected " + call + " to be granted, got " + admission);
    }
    try (granted) {
      Map<String, Long> before = used(monetizer, granted.caller());
      uses.forEach(use -> granted.add(use.meter(), use.units()));
      granted.settle(outcome);
      Map<String, Long> charged = used(monetizer, granted.caller());
      before.forEach((meter, units) -> charged.merge(meter, -units, Long::sum));
      charged.values().removeIf(units -> units == 0);
      return charged;
    }
  }

  private static Map<String, Long> used(Monetizer monetizer, Caller caller) {
    Map<String, Long> used = new TreeMap<>();
    for (Map.Entry<String, MeterUse> meter : monetizer.usage(caller).meters().entrySet()) {
      if (meter.getValue().aggregation() == Aggregation.SUM) {
        used.put(meter.getKey(), meter.getValue().used());
      }
    }
    return used;
  }

  /**
   * Makes the call.
   *
   * @return why it is refused
   * @throws AssertionError if it is not; then it was given up, and not charged
   */
  public Denied refused(Monetizer monetizer) {
    Admission admission = monetizer.admit(call);
    if (admission instanceof Denied denied) {
      return denied;
    }
    if (admission instanceof Granted granted) {
      granted.close();
    }
    throw new AssertionError("expected " + call + " to be refused, got " + admission);
  }
}
