// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.identity.Changes;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a listener was told, to wait for. */
final class Told implements Changes.Listener {

  static final String MISSED = "(missed)";

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Override
  public void changed(String customer) {
    told.add(customer);
  }

  @Override
  public void missed() {
    told.add(MISSED);
  }

  /** Waits for what is told next, a second at most. */
  void next(String expected) throws InterruptedException {
    next(expected, 1);
  }

  void next(String expected, int seconds) throws InterruptedException {
    assertThat(told.poll(seconds, TimeUnit.SECONDS)).isEqualTo(expected);
  }

  void nothing() {
    assertThat(told).isEmpty();
  }
}
