// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import java.util.Locale;

/** Every reason there is to refuse a call. */
public enum Reason {
  /** A key was given twice, in two places, or under a header name that others read as ours. */
  AMBIGUOUS_CREDENTIAL,
  /** No key was given. */
  NO_CREDENTIAL,
  /** Nobody has this key, or it cannot be a key at all. */
  UNKNOWN_KEY,
  /** The key has expired, was rotated out, or was revoked. */
  KEY_EXPIRED,
  /** Too many unknown keys came from this address. */
  TOO_MANY_UNKNOWN_KEYS,
  /** The customer has no subscription. */
  NO_SUBSCRIPTION,
  /** The customer's subscription is suspended. */
  SUBSCRIPTION_SUSPENDED,
  /** The path is not one that can be read in only one way. */
  MALFORMED_PATH,
  /** The path matches no endpoint, and {@code unmatched} is {@code deny}. */
  UNMATCHED,
  /** The endpoint is not part of the caller's tier. */
  NOT_IN_TIER,
  /** A limit that is set per customer was not set for this one. */
  NOT_CONFIGURED,
  /** A rate limit was exceeded. */
  RATE_LIMITED,
  /** A quota is used up. */
  QUOTA_EXCEEDED,
  /** Too many calls are under way at once. */
  TOO_MANY_CONCURRENT,
  /** Customers or subscriptions could not be looked up just now. */
  IDENTITY_UNAVAILABLE,
  /** Usage could not be recorded just now. */
  METERING_UNAVAILABLE;

  /** The reason as it stands in answers: {@code rate_limited}. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
