// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Subject;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Makes of each answer and each failure whether Redis decides, on anybody and on that subject, and
 * tells the log when that changes. Thread-safe.
 */
final class Outages {

  private static final Logger log = LoggerFactory.getLogger(RedisRateLimiter.class);

  private final String prefix;
  private final LimitKeys keys;
  private final Breaker breaker;
  private final Debts debts;
  private final Spells spells;

  /** A failure is that of all who were asked for together: where it was no silence, it is one. */
  private final AtomicReference<@Nullable RuntimeException> lastFailure = new AtomicReference<>();

  Outages(LimitSettings settings, LimitState state) {
    this.prefix = settings.prefix();
    this.keys = new LimitKeys(prefix);
    this.breaker = state.breaker();
    this.debts = state.debts();
    this.spells = new Spells(settings.ticker());
  }

  /** Redis decided on a subject. */
  void answered(Subject subject) {
    isThere();
    debts.answered(subject);
  }

  /** Redis answers. */
  private void isThere() {
    if (breaker.succeeded() && spells.isTold()) {
      log.warn("Redis decides on limits again");
    }
    spells.over();
  }

  /** Redis was not asked, or did not answer. */
  void failed(Subject subject, RuntimeException failure) {
    Fault fault = Fault.of(failure);
    if (!fault.ofAll()) {
      refused(subject, fault, failure);
      return;
    }
    boolean counts = Fault.isSilence(failure) || lastFailure.getAndSet(failure) != failure;
    boolean opened = counts && breaker.failed();
    if (spells.tells(fault)) {
      log.warn(
          "Redis did not decide on the limits of a call: {}. Meanwhile each instance holds to its"
              + " own share, as whenDown says; there are no more such lines until that changes",
          advice(failure),
          failure);
    } else if (opened && spells.isTold()) {
      log.warn("Redis is asked once a second, until it answers");
    }
  }

  /** Redis answers, and does not decide on this subject. */
  private void refused(Subject subject, Fault fault, RuntimeException failure) {
    isThere();
    if (debts.pause(subject) && spells.tells(fault)) {
      log.warn(
          "Redis does not decide on the limits of customer \"{}\", whose keys begin with \"{}\": {}."
              + " Until they are put right or deleted, each instance holds this customer to its own"
              + " share, as whenDown says; there is one such line a minute, of whomever",
          subject.customer(),
          keys.ofCustomer(subject),
          advice(failure),
          failure);
    }
  }

  private String advice(RuntimeException failure) {
    return failure instanceof JedisException e ? RedisAdvice.of(e, prefix) : failure.toString();
  }
}
