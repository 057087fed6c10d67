// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import dev.monetize.price.Money;
import dev.monetize.usage.Claims;
import dev.monetize.usage.QuotaWindow;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Gives notices: each once, however often it is told of the same use, by however many threads, over
 * restarts and changes of tier. Thread-safe.
 *
 * <pre>{@code
 * GivenNotices given = new GivenNotices();          // among the states the journal is opened with
 * Notices notices = Notices.start(rules, listeners, given, log, clock);
 * ...
 * notices.used(customer, key, window, windowEnd, included, ledger.used(customer, key, window));
 * }</pre>
 *
 * <p><b>Once.</b> What counts is how much is used now, not which call went past a threshold: every
 * percent that has been reached, and was not given for this customer, quota and window, is given.
 * So an upgrade in the middle of a window gives no percent again that was given before it, though
 * it be reached again; and a downgrade gives what is reached by the new allowance. Telling it the
 * same again changes nothing; so what a crash cut off is found by going through the ledger at
 * start: {@link #recheck}.
 *
 * <p><b>Order.</b> A notice is first written down, which makes the use that it tells of durable
 * too; only then do listeners hear of it. A listener that arrives later gets what is given from
 * then on. One that is missing is owed its notices until their ids are forgotten, or {@link
 * MissingListeners#forget it is}.
 *
 * <p><b>Many instances</b> that share a log take turns: one tells of all use, and when it ends or
 * dies another goes on, with what was given and has not arrived.
 */
public final class Notices {

  private final GivenNotices given;
  private final Turn turn;
  private final Couriers couriers;
  private final Giver giver;
  private final Reached reached;

  private Notices(
      NoticeRules rules,
      Map<String, NoticeListener> listeners,
      GivenNotices given,
      NoticeLog notes,
      Turn turn,
      InstantSource clock) {
    NoticeBook book = new NoticeBook(given, notes);
    this.given = given;
    this.turn = turn;
    this.couriers = new Couriers(listeners, book, turn, Objects.requireNonNull(clock, "clock"));
    this.giver = new Giver(rules, book, couriers, turn, clock);
    this.reached = giver.reached();
  }

  /**
   * Begins to give notices, first those that are owed, where nobody else does.
   *
   * @param listeners by name, 1 to 16; what a listener got is kept under its name: 1 to 40 of
   *     {@code a-z 0-9 _ -}
   * @param given read from the journal, up to its end
   * @throws IllegalArgumentException if there are none, too many, or one has no good name
   */
  public static Notices start(
      NoticeRules rules,
      Map<String, NoticeListener> listeners,
      GivenNotices given,
      NoticeLog notes,
      InstantSource clock) {
    return start(rules, listeners, given, notes, Claims.ALL, clock);
  }

  /**
   * Begins to give notices when it is the turn of this instance, of those that share a log; first
   * those that are owed.
   *
   * @param given kept up with what all instances write
   * @param claims tells whose turn it is
   */
  public static Notices start(
      NoticeRules rules,
      Map<String, NoticeListener> listeners,
      GivenNotices given,
      NoticeLog notes,
      Claims claims,
      InstantSource clock) {
    Turn turn = new Turn(claims);
    Notices notices = new Notices(rules, listeners, given, notes, turn, clock);
    notices.couriers.start();
    notices.giver.start();
    claims.onChange(notices::wake);
    return notices;
  }

  /**
   * Sets what is done each time that it becomes the turn of this instance, at once if it is: to
   * {@link #recheck} everyone. Done on our own thread; it does not throw.
   */
  public void onTurn(Runnable begun) {
    giver.onTurn(Objects.requireNonNull(begun, "begun"));
  }

  /** Whether it is the turn of this instance; what others have to tell, they do. */
  public boolean turn() {
    return turn.holds();
  }

  /**
   * Has somebody looked at soon, on our own thread; each at most once until then.
   *
   * @param customer somebody who may have used something since
   * @param look tells {@link #used} and {@link #spent} of a customer
   */
  public void look(String customer, Consumer<String> look) {
    if (turn.holds()) {
      giver.look(customer, Objects.requireNonNull(look, "look"));
    }
  }

  /**
   * Tells how much of a quota is used, after a call was settled, or at start. Cheap, and allocates
   * nothing, where no threshold is new; never throws, and never waits for a disk or a listener.
   *
   * @param key id of the key used; told of where the quota is counted per key
   * @param end first second behind the window
   * @param included nothing is noticed of a quota that includes nothing
   * @param used settled use, in the window
   */
  public void used(
      String customer, String key, QuotaWindow window, long end, long included, long used) {
    if (turn.holds()) {
      reached.used(customer, key, window, end, included, used);
    }
  }

  /**
   * Tells how much has been spent in a window of a quota whose overage is capped. As {@link #used}:
   * cheap, never throws.
   *
   * @param start first second of the window
   * @param end first second behind it
   */
  public void spent(String customer, String quota, long start, long end, Money cap, Money amount) {
    if (turn.holds()) {
      reached.spent(customer, quota, start, end, cap, amount);
    }
  }

  /**
   * Sets where to look for keys that expire; asked at once and every quarter of an hour, on our own
   * thread. The stream is closed. Each of the rules' days is told once, and the expiry; of several
   * that are due at the same time, the last.
   */
  public void watchKeys(Supplier<Stream<ExpiringKey>> keys) {
    giver.watchKeys(Objects.requireNonNull(keys, "keys"));
  }

  /**
   * When that use was of which the processes before this one may not have told what it reached: by
   * which windows that have ended are to be looked at too, at start. Empty after one that ended in
   * order, and where nobody was to be told before.
   */
  public Optional<Untold> untold() {
    return given.untold();
  }

  /**
   * Has customers looked at, one after another, on our own thread, which has nothing else to do
   * then: at start, as a crash may have cut off what was to be told, and after a change of what is
   * included. In place of an earlier such sweep that is not over. If some could not be looked at,
   * all are again a quarter of an hour later. Once all were, that nothing is {@link #untold} is
   * written down, again each quarter of an hour, and at the end.
   *
   * @param customers gone over once or more, long after the call
   * @param look tells {@link #used} and {@link #spent} of a customer
   */
  public void recheck(Iterable<String> customers, Consumer<String> look) {
    giver.begin(new Sweep(customers, Objects.requireNonNull(look, "look")));
  }

  /** How each listener is doing, by name. */
  public Map<String, NoticeStatus> status() {
    return couriers.status();
  }

  /**
   * Tries a listener's parked notices again.
   *
   * @throws IllegalArgumentException if there is no such listener
   */
  public void retry(String listener) {
    couriers.retry(listener);
  }

  /**
   * Gives what is queued, tries once more what is due, and ends. Notices that did not arrive follow
   * after the next start. Call it before the log is closed.
   */
  public void close(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      giver.close(timeout);
      couriers.close(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has all threads look at the clock: for tests, which turn it by hand. */
  void wake() {
    giver.wake();
    couriers.wake();
  }
}
