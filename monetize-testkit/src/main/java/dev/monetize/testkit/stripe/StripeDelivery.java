// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.OptionalInt;

/**
 * One try to bring an event to a listener.
 *
 * @param event the event's id
 * @param type the event's type
 * @param url where it was brought
 * @param attempt 1 for the first try
 * @param status what the listener answered; empty where it did not, or was not asked
 */
public record StripeDelivery(
    String event, String type, String url, int attempt, OptionalInt status) {

  /** Whether the listener took it. */
  public boolean taken() {
    return status.isPresent() && status.getAsInt() / 100 == 2;
  }
}
