// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import com.stripe.exception.StripeException;
import dev.monetize.stripe.Dispatch.Task;
import dev.monetize.stripe.OutboxEntry.Fate;
import dev.monetize.stripe.StripeUsageSink.Reporting;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
  private final Cutting cutting;

  /** What is to be sent. */
  private record Ready(OutboxItem item, MeterCall call) {}

  OutboxSender(Outbox outbox, Dispatch dispatch, Reporting to, Cutting cutting) {
    this.outbox = outbox;
    this.dispatch = dispatch;
    this.to = to;
    this.cutting = cutting;
  }

  /**
   * Does what is due: one call to Stripe.
   *
   * @return whether there was any; not where another instance sends
   * @throws IOException if it could not be written down: it is due again
   */
  boolean step() throws IOException, InterruptedException {
    if (!outbox.turn().begin()) {
      return false;
    }
    try {
      return stepInTurn();
    } catch (Turn.Over e) {
      log.info("sending usage to Stripe ends here for now: {}", e.getMessage());
      return false;
    } finally {
      outbox.turn().end();
    }
  }

  private boolean stepInTurn() throws IOException, InterruptedException {
    Instant now = to.clock().instant();
    cutting.step(now);
    List<Task> tasks = dispatch.next(now, to.stripe().most());
    if (tasks.isEmpty()) {
      return false;
    }
    try {
      run(tasks, now);
    } finally {
      end(tasks);
    }
    return true;
  }

  /** They may be due again when it is known what became of them. */
  private void end(List<Task> tasks) throws IOException, InterruptedException {
    try {
      outbox.known();
    } finally {
      tasks.forEach(dispatch::done);
    }
  }

  private void run(List<Task> tasks, Instant now) throws IOException, InterruptedException {
    List<Ready> ready = new ArrayList<>();
    for (Task task : tasks) {
      MeterCall call = call(task, now);
      if (call != null && task instanceof Task.Compare) {
        compare(task.item(), call, now);
      } else if (call != null) {
        ready.add(new Ready(task.item(), call));
      }
    }
    if (!ready.isEmpty()) {
      send(ready, now);
    }
  }

  /** What is said of an item; null if nothing is to be said, or not now. */
  private @Nullable MeterCall call(Task task, Instant now) throws IOException {
    OutboxItem item = task.item();
    String event = to.meters().get(item.window().meter());
    if (event == null) {
      park(item, "the meter \"" + item.window().meter() + "\" is reported no longer", now);
      return null;
    }
    Optional<String> customer;
    try {
      customer = to.customers().apply(item.window().customer());
    } catch (RuntimeException e) {
      log.warn("the Stripe customer of \"{}\" cannot be looked up", item.window().customer(), e);
      dispatch.failed(List.of(item), false, 0, now);
      return null;
    }
    if (customer.isEmpty()) {
      move(Fate.DROPPED, now, "", item);
      return null;
    }
    if (task instanceof Task.Send && now.minus(TAKEN).getEpochSecond() > item.second()) {
      park(item, "Stripe takes no usage that is older than 35 days", now);
      return null;
    }
    String identifier = Identifiers.of(outbox.id(), item);
    String key = identifier + "-" + (task instanceof Task.Send send ? send.replies() : 0);
    return new MeterCall(event, customer.get(), item.units(), item.second(), identifier, key);
  }

  private void send(List<Ready> ready, Instant now) throws IOException, InterruptedException {
    for (Ready one : ready) {
      if (one.item.firstTry() == 0) {
        move(Fate.TRIED, now, "", one.item);
      }
    }
    outbox.sync();
    List<OutboxItem> items = ready.stream().map(Ready::item).toList();
    requireTried(items);
    Answer answer = to.stripe().send(ready.stream().map(Ready::call).toList());
    if (items.size() > 1 && answer instanceof Answer.Refused) {
      dispatch.alone(items); // it does not say which of them is at fault
    } else {
      take(answer, items, now);
    }
  }

  /** What was written while Redis was slow may have been refused since: another one sends then. */
  private void requireTried(List<OutboxItem> items) throws IOException {
    boolean tried =
        outbox.look(
            state ->
                items.stream()
                    .map(item -> state.waiting().get(item.number()))
                    .allMatch(item -> item != null && item.firstTry() != 0));
    if (!tried) {
      throw new Turn.Over("the outbox is another instance's to go on with");
    }
  }

  private void take(Answer answer, List<OutboxItem> items, Instant now) throws IOException {
    for (OutboxItem item : items) {
      write(answer, item, now);
    }
    if (answer instanceof Answer.NotTaken not) {
      dispatch.failed(items, true, not.retryAfterMillis(), now);
      log.debug("Stripe did not take usage: {}", not.reason());
    } else if (answer instanceof Answer.InDoubt doubt) {
      dispatch.failed(items, doubt.replied(), doubt.retryAfterMillis(), now);
      log.debug("Stripe may have taken usage: {}", doubt.reason());
    } else if (answer instanceof Answer.Locked locked) {
      lock(locked);
    } else {
      dispatch.answered(items);
    }
  }

  private void lock(Answer.Locked locked) {
    if (dispatch.lock(locked.reason())) {
      log.error(
          "no usage reaches Stripe any more: {}. It is kept; give another key and restart, or"
              + " call resume()",
          locked.reason());
    }
  }

  private void write(Answer answer, OutboxItem item, Instant now) throws IOException {
    if (answer instanceof Answer.Arrived) {
      move(Fate.ARRIVED, now, "", item);
    } else if (answer instanceof Answer.Refused refused) {
      park(item, refused.reason(), now);
    } else if (!(answer instanceof Answer.InDoubt) && item.firstTry() == 0) {
      move(Fate.UNTRIED, now, "", item); // it was the first try, so nothing has arrived
    }
  }

  /** What may have arrived too long ago to be sent again: the sum at Stripe tells. */
  private void compare(OutboxItem item, MeterCall call, Instant now) throws IOException {
    UsageWindow window = item.window();
    @Nullable BigDecimal sum;
    try {
      sum =
          to.stripe()
              .sum(
                  call.event(),
                  call.customer(),
                  Dispatch.hour(window),
                  Dispatch.hour(window) + 3600);
    } catch (StripeException e) {
      if (Answers.of(e, Reply.NONE) instanceof Answer.Locked locked) {
        lock(locked);
      } else {
        log.debug("Stripe did not tell what it has", e);
        dispatch.failed(List.of(item), true, 0, now);
      }
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
    dispatch.answered(List.of(item));
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
