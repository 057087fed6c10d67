// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import dev.monetize.usage.UsageEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A customer of an {@link Api} that calls it. Its tier may call {@value #MARKER}, and lets it make
 * one call at a time.
 */
record Client(Api api, String customer, String key) {

  /** An endpoint that answers at once; its event shows that all before it have been written. */
  static final String MARKER = "/marker";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  String header() {
    return "X-API-Key: " + key;
  }

  /** Calls with the key. */
  Answer get(String path) throws IOException {
    return api.send("GET " + path, header());
  }

  /** Opens a call with the key, and leaves its answer to be read. */
  Wire open(String line) throws IOException {
    return api.connect().request(line, header());
  }

  /** Calls until the call before has been settled, and let this one in. */
  Answer getWhenFree(String path) throws IOException {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PATIENCE.toNanos()) {
      Answer answer = get(path);
      if (answer.status() != 429 || !answer.reason().equals("too_many_concurrent")) {
        return answer;
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("the call before has not been settled: its permit is held");
  }

  /**
   * The usage events of all calls so far, once they have been settled. Events of other customers
   * are dropped.
   */
  List<UsageEvent> settledEvents() throws IOException, InterruptedException {
    Answer marker = getWhenFree(MARKER);
    if (marker.status() != 200) {
      throw new AssertionError("the marker was answered " + marker);
    }
    List<UsageEvent> events = new ArrayList<>();
    while (true) {
      UsageEvent event = api.nextEvent();
      if (event.customer().equals(customer)) {
        if (event.endpoint().equals(MARKER)) {
          return events;
        }
        events.add(event);
      }
    }
  }
}
