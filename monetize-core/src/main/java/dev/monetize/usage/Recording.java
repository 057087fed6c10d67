// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/** What became of usage from elsewhere. */
public sealed interface Recording {

  /**
   * It is counted, now and for the first time.
   *
   * @param sequence its place in the journal
   */
  record Recorded(long sequence) implements Recording {}

  /** It was counted before, and is not counted again. The answer to whoever delivers again. */
  record Duplicate() implements Recording {}

  /**
   * Something else was counted under the same id. This is not counted; {@link
   * UsageIntake#conflicts} lists it.
   */
  record Conflict() implements Recording {}

  /**
   * It can never be counted.
   *
   * @param reason says why
   */
  record Refused(String reason) implements Recording {}

  /** It is not counted, for the journal has no room: try again later. */
  record Unavailable() implements Recording {}
}
