// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;

/**
 * Where all calls lead that match the same patterns.
 *
 * @param method of them, or {@link #OTHER} for any that no pattern names
 * @param path of one of them
 * @param matches the most specific first
 */
record Landing(String method, String path, List<EndpointPattern> matches, Route route) {

  /** Stands for any method that no pattern names. */
  static final String OTHER = "*";
}
