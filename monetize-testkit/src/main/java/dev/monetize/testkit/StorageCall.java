// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

/**
 * One call of a {@link MemoryStorage}.
 *
 * @param number its place among all calls, from 1 on
 * @param operation what is done
 * @param file name of the file, empty where it is about none
 */
public record StorageCall(long number, Operation operation, String file) {

  /** What a call does. Writing a file is several: it is created, written piece by piece, forced. */
  public enum Operation {
    /** Names are listed. */
    LIST,
    /** A file is made, or cut to nothing, to be written. */
    CREATE,
    /** Bytes are written behind those of a file that is being made. */
    WRITE,
    /** Bytes are made durable. */
    FORCE,
    /** A file is opened. */
    OPEN,
    /** A file gets another name. */
    RENAME,
    /** A file is deleted. */
    DELETE,
    /** Names are made durable. */
    SYNC
  }
}
