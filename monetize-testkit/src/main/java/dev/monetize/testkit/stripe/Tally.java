// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.Map;
import java.util.TreeMap;

/** How many calls came, by method and path. Thread-safe. */
final class Tally {

  private final Map<String, Long> calls = new TreeMap<>();

  synchronized void count(Call call) {
    calls.merge(call.method() + " " + call.path(), 1L, Long::sum);
  }

  synchronized long of(String method, String path) {
    return calls.getOrDefault(method + " " + path, 0L);
  }

  synchronized long all() {
    return calls.values().stream().mapToLong(Long::longValue).sum();
  }
}
