// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

/**
 * Which calls of a {@link MemoryStorage} go wrong, and how. Asked once for each call, in the order
 * in which they are made.
 */
@FunctionalInterface
public interface Faults {

  /** What goes wrong in a call. */
  Fault of(StorageCall call);

  /** Nothing goes wrong. */
  static Faults none() {
    return call -> Fault.NONE;
  }

  /** One call goes wrong. */
  static Faults at(long number, Fault fault) {
    return call -> call.number() == number ? fault : Fault.NONE;
  }

  /** A call goes wrong, and all that follow it. */
  static Faults from(long number, Fault fault) {
    return call -> call.number() >= number ? fault : Fault.NONE;
  }
}
