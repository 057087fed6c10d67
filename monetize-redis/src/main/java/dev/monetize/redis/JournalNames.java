// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import java.nio.charset.StandardCharsets;

/**
 * Under which names a journal is kept: all in one slot of a cluster, so that one script writes
 * them.
 */
record JournalNames(String prefix) {

  private String name(String rest) {
    return prefix + "{usage}:" + rest;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  byte[] log() {
    return bytes(name("log"));
  }

  byte[] head() {
    return bytes(name("head"));
  }

  byte[] gaps() {
    return bytes(name("gaps"));
  }

  /** All that was ever claimed. */
  byte[] claimed() {
    return bytes(name("claimed"));
  }

  String claim(String claim) {
    return name("claim:" + claim);
  }

  /** The last call of an instance. */
  byte[] call(String instance) {
    return bytes(name("call:" + instance));
  }

  /** An id of usage from elsewhere. */
  String id(String hash) {
    return name("id:" + hash);
  }

  byte[] checkpoint(long sequence) {
    return bytes(name("checkpoint:" + sequence));
  }

  /** What is written only to see that others have it. */
  byte[] fence() {
    return bytes(name("fence"));
  }
}
