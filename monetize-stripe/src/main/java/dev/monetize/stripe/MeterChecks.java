// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.model.billing.Meter;
import java.util.List;
import java.util.Objects;

/**
 * Whether a meter at Stripe counts what is reported to it. Stripe lets only its name be changed.
 */
final class MeterChecks {

  private static final String MEND =
      ": a meter cannot be changed; give the event another name here, or deactivate that meter if nothing else uses it";

  private MeterChecks() {}

  static void check(Meter meter, List<String> faults) {
    if (!CatalogFound.isActive(meter)) {
      faults.add(
          "meter %s (%s) is not active at Stripe: make it active again"
              .formatted(meter.getEventName(), meter.getId()));
      return;
    }
    expect(meter, "aggregates by", "sum", meter.getDefaultAggregation().getFormula(), faults);
    if (meter.getEventTimeWindow() != null) {
      faults.add(
          text(meter)
              + "counts only the last event of each "
              + meter.getEventTimeWindow()
              + ", and each of ours is to count"
              + MEND);
    }
    if (meter.getCustomerMapping() != null) {
      expect(
          meter,
          "finds the customer in",
          StripeMeterEvents.CUSTOMER,
          meter.getCustomerMapping().getEventPayloadKey(),
          faults);
    }
    if (meter.getValueSettings() != null) {
      expect(
          meter,
          "finds the units in",
          StripeMeterEvents.VALUE,
          meter.getValueSettings().getEventPayloadKey(),
          faults);
    }
  }

  private static void expect(
      Meter meter, String what, String expected, String actual, List<String> faults) {
    if (!Objects.equals(expected, actual)) {
      faults.add(text(meter) + what + " " + actual + ", and not " + expected + MEND);
    }
  }

  private static String text(Meter meter) {
    return "meter %s (%s) ".formatted(meter.getEventName(), meter.getId());
  }
}
