// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Subject;
import dev.monetize.limit.WindowUse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The server's part of limits: what it is asked and told, each by one run of the script. What it is
 * owed rides with a question. Thread-safe; throws what the client does.
 */
final class LimitServer {

  private static final LuaScript SCRIPT = LuaScript.load("limit.lua");
  private static final byte[] SERVER_TIME = {};
  private static final byte[] NO_PLAN = {};

  private final Wire wire;
  private final LimitKeys keys;
  private final WindowUse used;
  private final boolean callersTime;
  private final Instance instance;
  private final Breaker breaker;
  private final Owed owed;
  private final CallsUnderWay underWay;

  LimitServer(LimitSettings settings, LimitState state) {
    this.wire = new Wire(settings.redis());
    this.keys = new LimitKeys(settings.prefix());
    this.used = settings.used();
    this.callersTime = settings.callersTime();
    this.instance = settings.instance();
    this.breaker = state.breaker();
    this.owed = state.owed();
    this.underWay = state.underWay();
  }

  /** Puts a question, with corrections that wait, unless nobody asks at present. */
  LimitAnswer ask(LimitPlan plan, Subject subject, @Nullable Charge charge, int times, long now) {
    List<Correction> riding = breaker.calm() ? owed.take(subject) : List.of();
    try {
      byte[] request =
          LimitRequest.decide(plan, subject, charge, used, instance, times, now, riding);
      byte[] answer =
          wire.run(
              SCRIPT,
              keys.of(subject, plan.perKey() || areOfKey(riding)),
              List.of(plan.bytes(), request, time(now)),
              () -> !breaker.open());
      return new LimitAnswer(plan.limits(), answer);
    } catch (RuntimeException failure) {
      oweAgain(failure, subject, riding);
      throw failure;
    }
  }

  /** Tells what is owed, though nobody asks at present. */
  void tell(Subject subject, List<Correction> corrections) {
    try {
      correct(subject, corrections);
    } catch (RuntimeException failure) {
      oweAgain(failure, subject, corrections);
      throw failure;
    }
  }

  /**
   * What rode with a question goes again if Redis was surely not told, and not if nobody knows:
   * then the next sign of life tells how many calls are under way.
   */
  private void oweAgain(RuntimeException failure, Subject subject, List<Correction> riding) {
    List<Correction> untold = Fault.doneNothing(failure) ? Correction.changes(riding) : List.of();
    if (!untold.isEmpty()) {
      owed.add(subject, untold);
    }
    underWay.doubt(subject, riding.stream().filter(one -> !untold.contains(one)).toList());
  }

  /** Has the server write what changes nothing, though nobody asks at present; it may be lost. */
  void probe(Subject subject, List<Correction> unchanged) {
    correct(subject, unchanged);
  }

  private void correct(Subject subject, List<Correction> corrections) {
    byte[] unused =
        wire.run(
            SCRIPT,
            keys.of(subject, areOfKey(corrections)),
            List.of(NO_PLAN, LimitRequest.correct(instance, corrections), time(0)),
            () -> true);
  }

  /** Charges rates with what was taken elsewhere, though nobody asks at present. */
  void force(Subject subject, LimitPlan plan, long[] missing, long now) {
    byte[] unused =
        wire.run(
            SCRIPT,
            keys.of(subject, plan.perKey()),
            List.of(plan.bytes(), LimitRequest.force(plan, missing, instance, now), time(now)),
            () -> true);
  }

  private static boolean areOfKey(List<Correction> corrections) {
    return corrections.stream().anyMatch(correction -> correction.scope() == LimitPlan.KEY);
  }

  private byte[] time(long now) {
    return callersTime
        ? Long.toString(Math.floorDiv(now, 1000)).getBytes(StandardCharsets.US_ASCII)
        : SERVER_TIME;
  }
}
