// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.limit;

/** Whose use a limit counts. */
public enum Scope {
  /** One allowance for the customer, over all its keys: the default. */
  CUSTOMER,
  /** One allowance for each key, beside the customer's own. */
  KEY
}
