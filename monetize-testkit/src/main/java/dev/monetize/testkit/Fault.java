// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

/** What goes wrong in one call of a {@link MemoryStorage}. */
public enum Fault {
  /** Nothing. */
  NONE,
  /** The call fails and does nothing. */
  IO_ERROR,
  /**
   * Nothing is left for what needs room: making, writing and renaming files. Others do not fail.
   */
  NO_SPACE,
  /** Half of what is written gets there, or half of what is forced; then it fails. */
  SHORT_WRITE,
  /**
   * A force fails, and what it was to write never gets to the disk unless it is written again: the
   * next force has nothing left to do and succeeds. Syncing names fails too. Others do not fail.
   */
  LOST_SYNC;

  /** Whether a call of a kind can fail so. */
  boolean strikes(StorageCall.Operation operation) {
    return switch (this) {
      case NONE -> false;
      case IO_ERROR -> true;
      case NO_SPACE ->
          operation == StorageCall.Operation.CREATE
              || operation == StorageCall.Operation.WRITE
              || operation == StorageCall.Operation.RENAME;
      case SHORT_WRITE ->
          operation == StorageCall.Operation.WRITE || operation == StorageCall.Operation.FORCE;
      case LOST_SYNC ->
          operation == StorageCall.Operation.FORCE || operation == StorageCall.Operation.SYNC;
    };
  }
}
