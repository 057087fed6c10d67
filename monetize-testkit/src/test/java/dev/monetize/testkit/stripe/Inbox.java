// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Somebody who listens to webhooks. */
final class Inbox implements AutoCloseable {

  /** What came. */
  record Letter(String body, String signature) {}

  private final List<Letter> letters = new CopyOnWriteArrayList<>();
  private final Door door = new Door(0, this::take);
  volatile int status = 200;
  volatile String secret = "";

  Inbox() {
    door.open();
  }

  private Answer take(Call call) {
    letters.add(new Letter(call.body(), call.header("stripe-signature")));
    return new Answer(status, Map.of(), "", Answer.End.KEEP);
  }

  String url() {
    return "http://localhost:" + door.port() + "/webhooks";
  }

  List<Letter> letters() {
    return letters;
  }

  void clear() {
    letters.clear();
  }

  @Override
  public void close() {
    door.close();
  }
}
