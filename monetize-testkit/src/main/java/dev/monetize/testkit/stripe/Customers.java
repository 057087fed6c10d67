// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Customers, also those that were deleted: those are still found, and say so. */
final class Customers {

  private static final String TYPE = "customer";

  private static final String COMMON =
      "name email phone description metadata:hash address:any shipping:any balance:int source"
          + " invoice_prefix next_invoice_sequence:int preferred_locales:any tax:any tax_exempt";

  private static final Shape SETTINGS =
      Shape.of("default_payment_method footer custom_fields:any rendering_options:any");
  private static final Shape CREATE =
      Shape.of(COMMON + " payment_method test_clock tax_id_data:any")
          .with("invoice_settings", SETTINGS);
  private static final Shape UPDATE = Shape.of(COMMON).with("invoice_settings", SETTINGS);

  private final World world;
  private final Events events;
  private final PaymentMethods cards;

  /** What else ends with a customer. */
  private final Consumer<ObjectNode> farewell;

  Customers(World world, Events events, PaymentMethods cards, Consumer<ObjectNode> farewell) {
    this.world = world;
    this.events = events;
    this.cards = cards;
    this.farewell = farewell;
  }

  void routes(Router router) {
    router.add("POST", "/v1/customers", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/customers", this::list);
    router.add("GET", "/v1/customers/search", this::search);
    router.add("GET", "/v1/customers/*", request -> world.store().get(TYPE, request.id()));
    router.add("POST", "/v1/customers/*", this::update);
    router.add("DELETE", "/v1/customers/*", this::delete);
    router.add(
        "GET",
        "/v1/customers/*/payment_methods",
        request -> cards.of(living(request.id()), request));
  }

  private JsonNode list(Request raw) {
    Request request = raw.asList("email created:any test_clock");
    return Listing.of(living(), request, "email", "test_clock");
  }

  private List<ObjectNode> living() {
    return world.store().newest(TYPE).stream().filter(each -> !each.has("deleted")).toList();
  }

  /** What is younger than the lag is not found, as it takes a while in the search of the API. */
  private JsonNode search(Request raw) {
    Request request = raw.as(Shape.of("!query limit:int page"));
    Query query = Query.of(Json.textOrEmpty(request.params(), "query"));
    long until = world.agenda().now().minus(world.settings().summaryLag()).getEpochSecond();
    List<ObjectNode> found =
        living().stream()
            .filter(each -> each.path("_touched").asLong() <= until && query.matches(each))
            .toList();
    ObjectNode page = Listing.page(found, request);
    return page.put("object", "search_result").putNull("next_page");
  }

  ObjectNode create(ObjectNode params) {
    String clock = Json.textOrEmpty(params, "test_clock");
    if (!world.agenda().knows(clock)) {
      throw StripeError.missing("test_helpers.test_clock", clock, "test_clock");
    }
    ObjectNode customer = world.create(TYPE, "cus", clock);
    customer.putNull("address").put("balance", 0).putNull("currency").putNull("default_source");
    customer.put("delinquent", false).putNull("description").putNull("email");
    ObjectNode settings = customer.putObject("invoice_settings");
    settings.putNull("custom_fields").putNull("default_payment_method").putNull("footer");
    customer.put(
        "invoice_prefix", customer.path("id").asText().substring(4, 12).toUpperCase(Locale.ROOT));
    customer.putObject("metadata");
    customer.putNull("name").putNull("phone").putNull("shipping").put("tax_exempt", "none");
    customer.put("test_clock", clock.isEmpty() ? null : clock);
    params.remove("test_clock");
    world.store().put(customer);
    change(customer, params);
    events.emit("customer.created", customer);
    return customer;
  }

  private JsonNode update(Request raw) {
    ObjectNode customer = living(raw.id());
    ObjectNode before = customer.deepCopy();
    change(customer, raw.as(UPDATE).params());
    events.updated("customer.updated", before, customer);
    return customer;
  }

  private void change(ObjectNode customer, ObjectNode params) {
    String card = Json.text(params, "payment_method");
    JsonNode settings = params.path("invoice_settings");
    String standard = Json.text(settings, "default_payment_method");
    if (card != null) {
      String attached = cards.attach(card, customer, "payment_method");
      standard = card.equals(standard) ? attached : standard;
    }
    if (standard != null) {
      cards.requireOf(customer, standard, "invoice_settings[default_payment_method]");
    }
    for (String gone :
        List.of("payment_method", "invoice_settings", "source", "tax_id_data", "tax")) {
      params.remove(gone);
    }
    World.apply(customer, params);
    if (settings.has("default_payment_method")) {
      customer.withObjectProperty("invoice_settings").put("default_payment_method", standard);
    }
    customer.put("_touched", world.agenda().seconds(Agenda.WALL));
  }

  private JsonNode delete(Request request) {
    ObjectNode customer = living(request.id());
    farewell.accept(customer);
    events.emit("customer.deleted", customer);
    ObjectNode gone = Json.object().put("id", request.id()).put("object", TYPE);
    gone.put("deleted", true);
    world.store().put(gone);
    return gone;
  }

  /** A customer that was not deleted. */
  ObjectNode living(String id) {
    ObjectNode customer = world.store().get(TYPE, id);
    if (customer.has("deleted")) {
      throw StripeError.notFound(TYPE, id);
    }
    return customer;
  }

  /** A customer that a parameter names. */
  ObjectNode named(String id) {
    ObjectNode customer = world.store().named(TYPE, id, "customer");
    if (customer.has("deleted")) {
      throw StripeError.missing(TYPE, id, "customer");
    }
    return customer;
  }
}
