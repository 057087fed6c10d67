// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.customsink;

/** Placeholder. */
public final class CustomSink {

  private CustomSink() {}

  /** Does nothing yet. */
  public static void main(String[] args) {
    System.out.println("ready");
  }
}
