// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

/**
 * A value, or a template that waits for a customer's own.
 *
 * @param value where it is not set, what a value of the customer's own is put into
 * @param set false for {@code custom}
 */
record Setting<T>(T value, boolean set) {

  static <T> Setting<T> of(T value) {
    return new Setting<>(value, true);
  }

  static <T> Setting<T> custom(T template) {
    return new Setting<>(template, false);
  }
}
