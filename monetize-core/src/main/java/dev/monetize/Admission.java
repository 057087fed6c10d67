// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

/** What {@link Monetizer#admit} says to a call. */
public sealed interface Admission permits Granted, Denied, Admission.Passed {

  /** A public endpoint: nobody was identified, nothing is counted, there is nothing to settle. */
  record Passed() implements Admission {

    static final Passed PASSED = new Passed();
  }
}
