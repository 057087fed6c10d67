// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

/** From a second until before another. */
record Span(long start, long end) {

  static final Span ALWAYS = new Span(Long.MIN_VALUE, Long.MAX_VALUE);

  boolean contains(long second) {
    return start <= second && second < end;
  }
}
