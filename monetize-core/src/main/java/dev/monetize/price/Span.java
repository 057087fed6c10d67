// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

/**
 * Units in the order they were used, of which some may have been paid before: those after the first
 * {@code from}, up to and with {@code to}.
 */
public record Span(long from, long to) {

  public Span {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("span must not be negative, got " + from + " to " + to);
    }
  }
}
