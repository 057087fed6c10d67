// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Decision;
import dev.monetize.limit.LimitSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what limits in shadow mode would have refused; the first time of each is logged. */
final class ShadowCount {

  private static final Logger log = LoggerFactory.getLogger(ShadowCount.class);

  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  void count(Caller caller, Decision decision) {
    LimitSet limits = decision.standing().limits();
    for (int i = 0; i < limits.size(); i++) {
      if ((decision.shadowed() & (1L << i)) != 0) {
        String name = caller.tier().name() + "/" + limits.get(i).id();
        counter(name, caller).increment();
      }
    }
  }

  private LongAdder counter(String name, Caller caller) {
    LongAdder counter = counts.get(name);
    if (counter != null) {
      return counter;
    }
    log.info("shadow limit {} would refuse a call of customer {}", name, caller.customer());
    return counts.computeIfAbsent(name, key -> new LongAdder());
  }

  Map<String, Long> counts() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }
}
