// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.StripeException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Stripe's rules on meter events: an identifier is known for 24 hours and counts again after that,
 * an answer that was given is repeated for its idempotency key, sums are late, and calls fail as
 * networks do.
 */
final class ModelStripe implements MeterEvents {

  static final int WORKS = -1;
  static final int UNREACHED = 0;
  static final int LOST = 1;
  static final int ANSWER_LOST = 2;
  static final int TOO_MANY = 3;
  static final int ERROR = 4;
  static final int ERROR_AFTER_ALL = 5;
  static final int KILLED = 6;
  static final int REFUSED = 7;
  static final int LOCKED = 8;
  static final int UNCOUNTED = 9;

  private static final Duration A_DAY = Duration.ofHours(24);
  private static final Duration OLDEST = Duration.ofDays(35);

  private final SplittableRandom random;
  private final InstantSource clock;
  private final Map<String, Instant> identifiers = new HashMap<>();
  private final Map<String, Answer> answers = new HashMap<>();
  private final List<Taken> taken = new ArrayList<>();
  private final Deque<Integer> planned = new ArrayDeque<>();
  private final List<Sent> sent = new ArrayList<>();
  private Duration late = Duration.ofMinutes(9);
  private int most = 1;
  private final List<String> uncounted = new ArrayList<>();
  private double failing;
  private double notCounting;
  private boolean out;
  private int calls;
  private int faults;

  /** What was counted. */
  record Taken(String event, String customer, long second, long units, Instant at) {}

  /** What was called for. */
  record Sent(String customer, long units, long second, String identifier, String key) {}

  ModelStripe(SplittableRandom random, InstantSource clock) {
    this.random = random;
    this.clock = clock;
  }

  /** Has a share of the calls fail, in all ways. */
  void failing(double share) {
    failing = share;
  }

  /** Has it take a share of what arrives, and not count it. */
  void notCounting(double share) {
    notCounting = share;
  }

  /** Identifiers of what it took and did not count. */
  List<String> uncounted() {
    return uncounted;
  }

  /** Has the next calls go these ways. */
  void next(int... way) {
    for (int one : way) {
      planned.add(one);
    }
  }

  List<Sent> sent() {
    return sent;
  }

  /** Has no call get through, though some arrive. */
  void out(boolean isOut) {
    out = isOut;
  }

  int calls() {
    return calls;
  }

  int faults() {
    return faults;
  }

  List<Taken> taken() {
    return taken;
  }

  /** Has its sums lag behind by so much. */
  void late(Duration value) {
    late = value;
  }

  /** Has it take so many in one call. */
  void most(int value) {
    most = value;
  }

  @Override
  public int most() {
    return most;
  }

  /** The answer to several is that of the last: all go the same way. */
  @Override
  public Answer send(List<MeterCall> together) {
    calls++;
    assertThat(together).hasSizeBetween(1, most);
    assertThat(together)
        .extracting(call -> call.customer() + " " + call.event())
        .doesNotHaveDuplicates();
    boolean fails = out || random.nextDouble() < failing;
    faults += fails ? 1 : 0;
    int ways = out ? 3 : together.size() > 1 ? 8 : 7; // one alone that is refused is parked
    int way = fails ? random.nextInt(ways) : WORKS;
    way = planned.isEmpty() ? way : planned.remove();
    Answer answer = new Answer.Arrived();
    for (MeterCall call : together) {
      answer = send(call, way);
    }
    return answer;
  }

  private Answer send(MeterCall call, int way) {
    sent.add(new Sent(call.customer(), call.units(), call.second(), call.identifier(), call.key()));
    String key = call.key();
    return switch (way) {
      case UNREACHED -> new Answer.NotTaken("refused", 0);
      case LOST -> new Answer.InDoubt("lost on the way", false, 0);
      case ANSWER_LOST -> {
        take(call);
        yield new Answer.InDoubt("the answer was lost", false, 0);
      }
      case TOO_MANY -> new Answer.NotTaken("429", random.nextInt(5000));
      case ERROR -> stored(key, new Answer.InDoubt("500", true, 0));
      case ERROR_AFTER_ALL -> {
        if (!answers.containsKey(key)) {
          take(call);
        }
        yield stored(key, new Answer.InDoubt("500 after all", true, 0));
      }
      case KILLED -> throw new Killed();
      case REFUSED -> new Answer.Refused("400 no such thing");
      case LOCKED -> new Answer.Locked("401 no such key");
      case UNCOUNTED -> takeUncounted(call);
      default -> random.nextDouble() < notCounting ? takeUncounted(call) : take(call);
    };
  }

  private Answer takeUncounted(MeterCall call) {
    boolean fresh = !identifiers.containsKey(call.identifier()) && !answers.containsKey(call.key());
    Answer answer = take(call);
    if (fresh && answer instanceof Answer.Arrived) {
      taken.remove(taken.size() - 1);
      uncounted.add(call.identifier());
    }
    return answer;
  }

  /** An answer is repeated for its key; those that take several know no keys. */
  private Answer stored(String key, Answer answer) {
    return most > 1 ? answer : answers.computeIfAbsent(key, same -> answer);
  }

  private Answer take(MeterCall call) {
    Answer before = answers.get(call.key());
    if (before != null) {
      return before;
    }
    Instant now = clock.instant();
    Instant known = identifiers.get(call.identifier());
    if (known != null && now.isBefore(known.plus(A_DAY))) {
      return new Answer.Arrived();
    }
    if (now.minus(OLDEST).getEpochSecond() > call.second()) {
      return new Answer.Refused("too old");
    }
    identifiers.put(call.identifier(), now);
    taken.add(new Taken(call.event(), call.customer(), call.second(), call.units(), now));
    return new Answer.Arrived();
  }

  /** Keys are known for a day; who forgets them all at once forgets none too late. */
  void forgetKeys() {
    answers.clear();
  }

  @Override
  public BigDecimal sum(String event, String customer, long from, long to) throws StripeException {
    return hours(event, customer, from, to).values().stream()
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  @Override
  public Map<Long, BigDecimal> hours(String event, String customer, long from, long to)
      throws StripeException {
    calls++;
    if (out || random.nextDouble() < failing) {
      faults++;
      throw new ApiConnectionException("no sum");
    }
    Instant seen = clock.instant().minus(late);
    Map<Long, BigDecimal> hours = new TreeMap<>();
    for (Taken one : taken) {
      boolean shown = !one.at.isAfter(seen) && one.second >= from && one.second < to;
      if (shown && one.event.equals(event) && one.customer.equals(customer)) {
        hours.merge(
            3600 * Math.floorDiv(one.second, 3600L),
            BigDecimal.valueOf(one.units),
            BigDecimal::add);
      }
    }
    return hours;
  }

  /** The process ends here. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }
}
