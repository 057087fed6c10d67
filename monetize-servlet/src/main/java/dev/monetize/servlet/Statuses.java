// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Reason;

/** The HTTP status and title of each reason. */
final class Statuses {

  private Statuses() {}

  static int of(Reason reason) {
    return switch (reason) {
      case AMBIGUOUS_CREDENTIAL, MALFORMED_PATH -> 400;
      case NO_CREDENTIAL, UNKNOWN_KEY, KEY_EXPIRED -> 401;
      case NO_SUBSCRIPTION, SUBSCRIPTION_SUSPENDED, UNMATCHED, NOT_IN_TIER -> 403;
      case TOO_MANY_UNKNOWN_KEYS, RATE_LIMITED, QUOTA_EXCEEDED, TOO_MANY_CONCURRENT -> 429;
      case NOT_CONFIGURED, IDENTITY_UNAVAILABLE, METERING_UNAVAILABLE -> 503;
    };
  }

  static String title(Reason reason) {
    return switch (reason) {
      case AMBIGUOUS_CREDENTIAL -> "Ambiguous credentials";
      case MALFORMED_PATH -> "Malformed path";
      case NO_CREDENTIAL -> "API key required";
      case UNKNOWN_KEY -> "Unknown API key";
      case KEY_EXPIRED -> "API key no longer valid";
      case NO_SUBSCRIPTION -> "No subscription";
      case SUBSCRIPTION_SUSPENDED -> "Subscription suspended";
      case UNMATCHED -> "Not an endpoint of this API";
      case NOT_IN_TIER -> "Not part of your tier";
      case TOO_MANY_UNKNOWN_KEYS -> "Too many unknown keys";
      case RATE_LIMITED -> "Rate limit exceeded";
      case QUOTA_EXCEEDED -> "Quota used up";
      case TOO_MANY_CONCURRENT -> "Too many calls at once";
      case NOT_CONFIGURED -> "Not set up yet";
      case IDENTITY_UNAVAILABLE -> "Keys cannot be checked";
      case METERING_UNAVAILABLE -> "Usage cannot be recorded";
    };
  }
}
