// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.regex.Pattern;

/** Which versions of the API are spoken here. */
final class Versions {

  /** That of stripe-java 33.3.0. */
  static final String NEWEST = "2026-07-29.dahlia";

  /** The first without usage records, and with periods on the items of a subscription. */
  private static final String OLDEST = "2025-03-31";

  private static final Pattern FORM = Pattern.compile("\\d{4}-\\d{2}-\\d{2}(\\.[a-z]+)?");

  private Versions() {}

  static void check(Call call) {
    String version = call.header("stripe-version");
    if (version == null) {
      if (call.v2()) {
        throw StripeError.invalid(
            "stripe_version_header_missing", null, "Stripe-Version must be given with /v2.");
      }
      return;
    }
    check(version);
  }

  static void check(String version) {
    if (!FORM.matcher(version).matches()) {
      throw StripeError.invalid(
          "invalid_api_version", null, "Invalid Stripe API version: " + version);
    }
    if (version.compareTo(OLDEST) < 0) {
      throw StripeError.invalid(
          "invalid_api_version",
          null,
          "Stripe API version " + version + " is not spoken here: " + OLDEST + ".basil and newer");
    }
  }
}
