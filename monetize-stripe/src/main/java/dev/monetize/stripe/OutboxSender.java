// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.Dispatch.Task;
import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.stripe.OutboxEntry.Sealed;
import dev.monetize.stripe.StripeUsageSink.Reporting;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends an outbox, item by item. Thread-safe. */
final class OutboxSender {

  private static final Logger log = LoggerFactory.getLogger(StripeUsageSink.class);

  /** Stripe takes what is up to 35 days old; what would not be in time is put aside before. */
  private static final Duration TAKEN = Duration.ofDays(35).minusHours(1);

  private final Outbox outbox;
  private final Dispatch dispatch;
  private final Reporting to;
  private final FlushTimes times;

  OutboxSender(Outbox outbox, Dispatch dispatch, Reporting to, FlushTimes times) {
    this.outbox = outbox;
    this.dispatch = dispatch;
    this.to = to;
    this.times = times;
  }

  /**
   * Does what is due, one thing of it.
   *
   * @return whether there was any
   * @throws IOException if it could not be written down: it is due again
   */
  boolean step() throws IOException, InterruptedException {
    Instant now = to.clock().instant();
    if (times.isDue(outbox.look(OutboxState::lastSealed), now)) {
      outbox.seal(new Sealed(times.before(now), now.getEpochSecond(), ""));
    }
    Task task = dispatch.next(now);
    if (task == null) {
      return false;
    }
    try {
      run(task, now);
    } finally {
      dispatch.done(task);
    }
    return true;
  }

  private void run(Task task, Instant now) throws IOException, InterruptedException {
    OutboxItem item = task.item();
    UsageWindow window = item.window();
    String event = to.meters().get(window.meter());
    if (event == null) {
      park(item, "the meter \"" + window.meter() + "\" is reported no longer", now);
      return;
    }
    Optional<String> customer;
    try {
      customer = to.customers().apply(window.customer());
    } catch (RuntimeException e) {
      log.warn("the Stripe customer of \"{}\" cannot be looked up", window.customer(), e);
      dispatch.failed(item, false, 0, now);
      return;
    }
    if (customer.isEmpty()) {
      move(Fate.DROPPED, now, "", item);
    } else if (task instanceof Task.Send send) {
      send(send, event, customer.get(), now);
    } else {
      compare(item, event, customer.get(), now);
    }
  }

  private void send(Task.Send send, String event, String customer, Instant now)
      throws IOException, InterruptedException {
    OutboxItem item = send.item();
    if (now.minus(TAKEN).getEpochSecond() > item.second()) {
      park(item, "Stripe takes no usage that is older than 35 days", now);
      return;
    }
    if (item.firstTry() == 0) {
      move(Fate.TRIED, now, "", item);
      outbox.sync();
    }
    String identifier = Identifiers.of(outbox.id(), item);
    Answer answer =
        to.stripe()
            .send(
                event,
                customer,
                item.units(),
                item.second(),
                identifier,
                identifier + "-" + send.replies());
    take(answer, item, now);
  }

  private void take(Answer answer, OutboxItem item, Instant now) throws IOException {
    if (answer instanceof Answer.Arrived) {
      move(Fate.ARRIVED, now, "", item);
      dispatch.answered(item);
    } else if (answer instanceof Answer.Refused refused) {
      park(item, refused.reason(), now);
      dispatch.answered(item);
    } else if (answer instanceof Answer.NotTaken not) {
      untried(item, now);
      dispatch.failed(item, true, not.retryAfterMillis(), now);
      log.debug("Stripe did not take usage: {}", not.reason());
    } else if (answer instanceof Answer.InDoubt doubt) {
      dispatch.failed(item, doubt.replied(), doubt.retryAfterMillis(), now);
      log.debug("Stripe may have taken usage: {}", doubt.reason());
    } else if (answer instanceof Answer.Locked locked) {
      untried(item, now);
      if (dispatch.lock(locked.reason())) {
        log.error(
            "no usage reaches Stripe any more: {}. It is kept; give another key and restart, or"
                + " call resume()",
            locked.reason());
      }
    }
  }

  /** This try did not arrive; if it was the first item, nothing did. */
  private void untried(OutboxItem item, Instant now) throws IOException {
    if (item.firstTry() == 0) {
      move(Fate.UNTRIED, now, "", item);
    }
  }

  /** What may have arrived too long ago to be sent again: the sum at Stripe tells. */
  private void compare(OutboxItem item, String event, String customer, Instant now)
      throws IOException {
    UsageWindow window = item.window();
    @Nullable BigDecimal sum;
    try {
      sum = to.stripe().sum(event, customer, Dispatch.hour(window), Dispatch.hour(window) + 3600);
    } catch (StripeException e) {
      log.debug("Stripe did not tell what it has", e);
      dispatch.failed(item, true, 0, now);
      return;
    }
    long arrived = arrived(window);
    if (sum != null && sum.compareTo(BigDecimal.valueOf(arrived)) == 0) {
      move(Fate.REISSUED, now, "", item);
    } else if (sum != null && sum.compareTo(BigDecimal.valueOf(arrived + item.units())) == 0) {
      move(Fate.ARRIVED, now, "", item);
    } else {
      park(
          item,
          "it may have arrived, more than a day ago: of this hour Stripe has "
              + sum
              + ", "
              + arrived
              + " arrived for certain, "
              + item.units()
              + " may have",
          now);
    }
    dispatch.answered(item);
  }

  private long arrived(UsageWindow hour) {
    return outbox.look(
        state ->
            state.windows().entrySet().stream()
                .filter(window -> Dispatch.sameHour(hour, window.getKey()))
                .mapToLong(window -> window.getValue().arrived())
                .sum());
  }

  private void park(OutboxItem item, String reason, Instant now) throws IOException {
    move(Fate.PARKED, now, reason, item);
    log.error(
        "usage of customer \"{}\" in meter \"{}\" waits for somebody to look at it: {}",
        item.window().customer(),
        item.window().meter(),
        reason);
  }

  private void move(Fate fate, Instant now, String reason, OutboxItem item) throws IOException {
    outbox.move(fate, now.getEpochSecond(), reason, item.number());
  }
}
