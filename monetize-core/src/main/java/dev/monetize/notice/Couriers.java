// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The couriers of all listeners, by name. Thread-safe. */
final class Couriers {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,40}");
  private static final int MOST = 16;

  private final Map<String, Courier> byName = new TreeMap<>();
  private final NoticeBook book;
  private final Turn turn;

  Couriers(Map<String, NoticeListener> listeners, NoticeBook book, Turn turn, InstantSource clock) {
    this.book = book;
    this.turn = turn;
    if (listeners.isEmpty() || listeners.size() > MOST) {
      throw new IllegalArgumentException(
          "there must be 1 to " + MOST + " listeners, got " + listeners.size());
    }
    listeners.forEach(
        (name, listener) -> {
          if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "a listener's name must match " + NAME + ", got \"" + name + "\"");
          }
          byName.put(
              name,
              new Courier(name, listener, notice -> book.delivered(notice, name), turn, clock));
        });
  }

  /** Begins; with what is owed, if it is our turn. */
  void start() {
    byName.forEach(
        (name, courier) -> {
          if (!turn.shared()) {
            courier.owe(book.given().owedTo(name));
          }
          courier.start();
        });
  }

  /** Our turn begins: all that is owed is to be told. */
  void begin() {
    byName.forEach((name, courier) -> courier.owe(book.given().owedTo(name)));
  }

  Set<String> names() {
    return byName.keySet();
  }

  void add(Notice notice) {
    byName.values().forEach(courier -> courier.add(notice));
  }

  Map<String, NoticeStatus> status() {
    Map<String, NoticeStatus> status = new TreeMap<>();
    byName.forEach((name, courier) -> status.put(name, courier.status()));
    return status;
  }

  void retry(String listener) {
    Courier courier = byName.get(listener);
    if (courier == null) {
      throw new IllegalArgumentException("there is no listener \"" + listener + "\"");
    }
    courier.retry();
  }

  void wake() {
    byName.values().forEach(Courier::wake);
  }

  /** Tries once more what is due, until a deadline in nanoseconds, and ends. */
  void close(long deadline) throws InterruptedException {
    byName.values().forEach(Courier::finish);
    for (Courier courier : byName.values()) {
      courier.join(Duration.ofNanos(deadline - System.nanoTime()));
    }
  }
}
