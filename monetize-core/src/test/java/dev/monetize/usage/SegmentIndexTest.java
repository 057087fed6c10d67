// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SegmentIndexTest {

  private static final int ROUNDS = 200_000;

  @Test
  void all_whileSegmentsComeAndGo() {
    SegmentIndex index = new SegmentIndex(new TreeMap<>(Map.of(1L, "first")));
    CompletableFuture<Void> changes =
        CompletableFuture.runAsync(
            () -> {
              for (long round = 0; round < ROUNDS; round++) {
                index.add(2 + round % 3, "later");
                index.remove(2 + (round + 1) % 3);
              }
            });

    do {
      assertThat(index.all()).containsEntry(1L, "first").hasSizeLessThanOrEqualTo(4);
    } while (!changes.isDone());
    changes.join();
  }
}
