// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/**
 * Records of a journal that are lost, because its files were damaged: events, or marks of what
 * sinks were sent. Their sequences are never given again. Where nobody can tell how many were lost,
 * it is as many as there can have been.
 *
 * @param first the first missing sequence
 * @param last the last one
 */
public record JournalGap(long first, long last) {

  @Override
  public String toString() {
    return first == last ? "record " + first : "records " + first + " to " + last;
  }
}
