// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** From which state a subscription goes to which, and who is told. */
final class SubscriptionStates {

  private static final List<String> ENDED = List.of("canceled", "incomplete_expired");

  private final World world;
  private final Events events;
  private final Entitlements entitlements;

  SubscriptionStates(World world, Events events, Entitlements entitlements) {
    this.world = world;
    this.events = events;
    this.entitlements = entitlements;
  }

  static boolean live(ObjectNode subscription) {
    return !ENDED.contains(status(subscription));
  }

  static String status(ObjectNode subscription) {
    return Json.textOrEmpty(subscription, "status");
  }

  void created(ObjectNode subscription) {
    events.emit("customer.subscription.created", subscription);
    entitle(subscription);
  }

  void changed(ObjectNode before, ObjectNode subscription) {
    events.updated("customer.subscription.updated", before, subscription);
    entitle(subscription);
  }

  void become(ObjectNode subscription, String status) {
    ObjectNode before = subscription.deepCopy();
    subscription.put("status", status);
    changed(before, subscription);
  }

  void end(ObjectNode subscription, String status, String reason) {
    long now = world.now(subscription);
    boolean expired = status.equals("incomplete_expired");
    ObjectNode before = subscription.deepCopy();
    subscription.put("status", status).put("ended_at", now);
    if (!Json.has(subscription, "canceled_at")) {
      subscription.put("canceled_at", now);
    }
    subscription.withObjectProperty("cancellation_details").put("reason", reason);
    if (expired) {
      events.updated("customer.subscription.updated", before, subscription);
    } else {
      events.emit("customer.subscription.deleted", subscription);
    }
    entitle(subscription);
  }

  private void entitle(ObjectNode subscription) {
    String customer = Json.textOrEmpty(subscription, "customer");
    ObjectNode found = world.store().find("customer", customer);
    if (found != null) {
      entitlements.refresh(found);
    }
  }

  /** What an invoice that was paid does to its subscription. */
  void paid(ObjectNode subscription) {
    if (List.of("incomplete", "past_due", "unpaid").contains(status(subscription))) {
      become(subscription, "active");
    }
  }

  /** What an invoice that was not paid does to it. */
  void failed(ObjectNode subscription) {
    if (status(subscription).equals("active")) {
      become(subscription, "past_due");
    }
  }
}
