// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

/** Where bytes go that pass a {@link FaultProxy}. */
public enum Direction {
  /** What a client asks. */
  TO_SERVER,
  /** What a server answers. */
  TO_CLIENT
}
