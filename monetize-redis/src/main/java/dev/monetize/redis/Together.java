// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Calls that take the same of the same subject while it is being asked for are asked for together,
 * by the first of them, as soon as the answer is there: one question for all, which are decided one
 * after the other. Who comes alone asks at once. Who waited while the server was silent has waited
 * as long as one who asks, and does not ask any more. Thread-safe.
 */
final class Together {

  /** Who waits, by whom somebody asks for. */
  private final Map<Who, List<Seat>> waiting = new ConcurrentHashMap<>();

  /** Asks for calls. */
  @FunctionalInterface
  interface Asking {

    /**
     * Decides.
     *
     * @param calls how many, at least 1
     * @return of the first ones, at least 1; where these are refused, of all
     */
    List<Decision> ask(int calls);
  }

  /** A call that waits: until it is decided, or nobody could be asked, or it is to ask itself. */
  private static final class Seat {

    private final Thread thread = Thread.currentThread();
    private @Nullable Decision decision;
    private @Nullable RuntimeException failure;
    private List<Seat> company = List.of();
    private volatile boolean called;

    private void call() {
      called = true;
      LockSupport.unpark(thread);
    }

    void decided(Decision by) {
      decision = by;
      call();
    }

    void failed(RuntimeException by) {
      failure = by;
      call();
    }

    /** Asks for these, itself the first of them. */
    void asksFor(List<Seat> seats) {
      company = seats;
      call();
    }

    void await() {
      boolean interrupted = false;
      while (!called) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Decides a call.
   *
   * @param asking asks for this call, or for others too; what it throws is thrown to all of these
   */
  Decision decide(Who who, Asking asking) {
    Seat mine = new Seat();
    boolean first = waiting.merge(who, List.of(), (seats, none) -> with(seats, mine)).isEmpty();
    if (first) {
      return ask(who, List.of(mine), asking);
    }
    mine.await();
    if (mine.decision != null) {
      return mine.decision;
    }
    if (mine.failure != null) {
      throw mine.failure;
    }
    return ask(who, mine.company, asking);
  }

  private static List<Seat> with(List<Seat> seats, Seat mine) {
    List<Seat> more = seats.isEmpty() ? new ArrayList<>() : seats;
    more.add(mine);
    return more;
  }

  /** Who asks for others is not cut off for them; an interrupt is kept. */
  private Decision ask(Who who, List<Seat> company, Asking asking) {
    List<Decision> decisions = List.of();
    RuntimeException failure = null;
    boolean interrupted = company.size() > 1 && Thread.interrupted();
    try {
      decisions = asking.ask(company.size());
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      tell(who, company, decisions, failure);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return decisions.get(0);
  }

  private void tell(
      Who who, List<Seat> company, List<Decision> decisions, @Nullable RuntimeException failure) {
    if (failure == null) {
      told(who, company, decisions);
      return;
    }
    company.subList(1, company.size()).forEach(seat -> seat.failed(failure));
    if (Fault.isSilence(failure)) {
      RuntimeException silent = new Wire.NotAsked("the server is silent", failure);
      next(who, List.of(), true).forEach(seat -> seat.failed(silent));
    } else {
      handOver(next(who, List.of(), false));
    }
  }

  private void told(Who who, List<Seat> company, List<Decision> decisions) {
    for (int i = 1; i < decisions.size(); i++) {
      company.get(i).decided(decisions.get(i));
    }
    List<Seat> rest = company.subList(Math.max(1, decisions.size()), company.size());
    if (!decisions.isEmpty() && decisions.get(0) instanceof Decision.Refused refused) {
      next(who, rest, true).forEach(seat -> seat.decided(refused));
    } else {
      handOver(next(who, rest, false));
    }
  }

  /**
   * Who is left, and who came meanwhile.
   *
   * @param served whether they are told now; else one of them asks for them, if there is one
   */
  private List<Seat> next(Who who, List<Seat> left, boolean served) {
    List<Seat> next = new ArrayList<>(left);
    waiting.compute(
        who,
        (same, seats) -> {
          next.addAll(seats == null ? List.of() : seats);
          return next.isEmpty() || served ? null : List.of();
        });
    return next;
  }

  private static void handOver(List<Seat> next) {
    if (!next.isEmpty()) {
      next.get(0).asksFor(next);
    }
  }
}
