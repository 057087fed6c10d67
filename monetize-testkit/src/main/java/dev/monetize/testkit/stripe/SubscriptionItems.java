// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Items of subscriptions, where they are asked for and changed one by one. */
final class SubscriptionItems {

  private static final Shape ITEM_CREATE =
      Items.NEW.copy().and("!subscription " + SubscriptionChanges.BEHAVIOR);
  private static final Shape ITEM_UPDATE = Items.NEW.copy().and(SubscriptionChanges.BEHAVIOR);
  private static final Shape ITEM_DELETE =
      Shape.of("clear_usage:bool " + SubscriptionChanges.BEHAVIOR);

  private final World world;
  private final Items items;
  private final SubscriptionChanges changes;

  SubscriptionItems(Billing billing) {
    world = billing.world();
    items = billing.items();
    changes = billing.changes();
  }

  void routes(Router router) {
    router.add("POST", "/v1/subscription_items", this::createItem);
    router.add("GET", "/v1/subscription_items", this::listItems);
    router.add("GET", "/v1/subscription_items/*", request -> item(request.id()));
    router.add("POST", "/v1/subscription_items/*", this::updateItem);
    router.add("DELETE", "/v1/subscription_items/*", this::deleteItem);
  }

  private ObjectNode item(String id) {
    return Items.find(items.subscriptionOf(id), id, "id");
  }

  private JsonNode listItems(Request raw) {
    Request request = raw.asList("!subscription");
    String id = Json.textOrEmpty(request.params(), "subscription");
    return Listing.page(Items.of(world.store().named("subscription", id, "subscription")), request);
  }

  private JsonNode createItem(Request raw) {
    ObjectNode params = raw.as(ITEM_CREATE).params();
    String id = Json.textOrEmpty(params, "subscription");
    ObjectNode subscription = world.store().named("subscription", id, "subscription");
    changes.change(subscription, params, List.of(params));
    List<ObjectNode> all = Items.of(subscription);
    return all.get(all.size() - 1);
  }

  private JsonNode updateItem(Request raw) {
    ObjectNode params = raw.as(ITEM_UPDATE).params();
    ObjectNode subscription = items.subscriptionOf(raw.id());
    changes.change(subscription, params, List.of(params.deepCopy().put("id", raw.id())));
    return Items.find(subscription, raw.id(), "id");
  }

  private JsonNode deleteItem(Request raw) {
    ObjectNode params = raw.as(ITEM_DELETE).params();
    ObjectNode subscription = items.subscriptionOf(raw.id());
    changes.change(
        subscription, params, List.of(Json.object().put("id", raw.id()).put("deleted", true)));
    ObjectNode gone = Json.object().put("id", raw.id()).put("object", "subscription_item");
    return gone.put("deleted", true);
  }
}
