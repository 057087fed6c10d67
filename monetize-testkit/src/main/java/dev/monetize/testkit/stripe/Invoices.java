// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** Invoices, as they are asked for and acted upon. */
final class Invoices {

  private static final String TYPE = "invoice";

  private static final Shape CREATE =
      Shape.of("!customer auto_advance:bool description metadata:hash subscription currency")
          .and("collection_method=charge_automatically|send_invoice days_until_due:int")
          .and("pending_invoice_items_behavior=exclude|include");

  private final World world;
  private final Events events;
  private final Invoicing invoicing;
  private final Payments payments;

  Invoices(World world, Events events, Invoicing invoicing, Payments payments) {
    this.world = world;
    this.events = events;
    this.invoicing = invoicing;
    this.payments = payments;
  }

  void routes(Router router) {
    router.add("GET", "/v1/invoices", this::list);
    router.add("POST", "/v1/invoices", request -> create(request.as(CREATE).params()));
    router.add("GET", "/v1/invoices/*", request -> get(request.id()));
    router.add("POST", "/v1/invoices/*", this::update);
    router.add("DELETE", "/v1/invoices/*", this::delete);
    router.add("GET", "/v1/invoices/*/lines", this::lines);
    router.add("POST", "/v1/invoices/*/finalize", this::makeFinal);
    router.add("POST", "/v1/invoices/*/pay", this::pay);
    router.add("POST", "/v1/invoices/*/void", request -> close(request, "void", "voided"));
    router.add(
        "POST",
        "/v1/invoices/*/mark_uncollectible",
        request -> close(request, "uncollectible", "marked_uncollectible"));
  }

  private ObjectNode get(String id) {
    return invoicing.refresh(world.store().get(TYPE, id));
  }

  private JsonNode list(Request raw) {
    Request request =
        raw.asList("customer status subscription collection_method created:any due_date:any");
    String subscription = Json.text(request.params(), "subscription");
    List<ObjectNode> all =
        world.store().newest(TYPE).stream()
            .map(invoicing::refresh)
            .filter(each -> subscription == null || subscription.equals(subscription(each)))
            .toList();
    return Listing.of(all, request, "customer", "status", "collection_method");
  }

  private static String subscription(ObjectNode invoice) {
    JsonNode details = invoice.path("parent").path("subscription_details");
    return Json.textOrEmpty(details, "subscription");
  }

  private JsonNode create(ObjectNode params) {
    String id = Json.textOrEmpty(params, "customer");
    ObjectNode customer = world.store().named("customer", id, "customer");
    String of = Json.text(params, "subscription");
    ObjectNode subscription =
        of == null ? null : world.store().named("subscription", of, "subscription");
    long now = world.now(customer);
    ObjectNode invoice = invoicing.draft(customer, subscription, "manual", new Span(now, now));
    String pending = Json.textOrEmpty(params, "pending_invoice_items_behavior");
    invoice.put("_days_until_due", params.path("days_until_due").asLong());
    params.remove(
        List.of("customer", "subscription", "pending_invoice_items_behavior", "days_until_due"));
    invoice.put("auto_advance", false);
    World.apply(invoice, params);
    if (pending.equals("include") || subscription != null) {
      invoicing.sweep(invoice);
    }
    Duration draft = world.settings().draftFor();
    return invoicing.issue(invoice, draft.isZero() ? Duration.ofHours(1) : draft);
  }

  private JsonNode update(Request raw) {
    ObjectNode invoice = get(raw.id());
    ObjectNode before = invoice.deepCopy();
    Shape shape = Shape.of("auto_advance:bool description metadata:hash days_until_due:int");
    World.apply(invoice, raw.as(shape).params());
    events.updated("invoice.updated", before, invoice);
    return invoice;
  }

  private JsonNode delete(Request request) {
    ObjectNode invoice = get(request.id());
    if (!status(invoice).equals("draft")) {
      throw StripeError.refused(
          "invoice_not_editable", null, "You can only delete draft invoices.");
    }
    world.store().remove(invoice);
    events.emit("invoice.deleted", invoice);
    ObjectNode gone = Json.object().put("id", request.id()).put("object", TYPE);
    return gone.put("deleted", true);
  }

  private JsonNode lines(Request raw) {
    ObjectNode invoice = get(raw.id());
    return Listing.page(Json.objects(invoice.path("lines").path("data")), raw.asList(""));
  }

  private static String status(ObjectNode invoice) {
    return Json.textOrEmpty(invoice, "status");
  }

  private JsonNode makeFinal(Request raw) {
    ObjectNode invoice = get(raw.id());
    ObjectNode params = raw.as(Shape.of("auto_advance:bool")).params();
    if (!status(invoice).equals("draft")) {
      throw StripeError.refused(
          "invoice_not_editable", null, "This invoice is already finalized, you can't change it.");
    }
    World.apply(invoice, params);
    invoicing.makeFinal(invoice);
    return invoice;
  }

  private JsonNode pay(Request raw) {
    ObjectNode invoice = get(raw.id());
    ObjectNode params =
        raw.as(Shape.of("payment_method paid_out_of_band:bool off_session:bool source")).params();
    if (status(invoice).equals("draft")) {
      invoice.put("auto_advance", false);
      invoicing.makeFinal(invoice);
    }
    if (!status(invoice).equals("open")) {
      throw StripeError.refused(
          status(invoice).equals("paid") ? "invoice_already_paid" : "invoice_not_open",
          null,
          "Invoice is already " + status(invoice));
    }
    if (params.path("paid_out_of_band").asBoolean()) {
      payments.paid(invoice);
      return invoice;
    }
    String card = Json.text(params, "payment_method");
    boolean paid =
        card == null
            ? payments.attempt(invoice)
            : payments.attempt(
                invoice, world.store().named("payment_method", card, "payment_method"));
    if (!paid) {
      throw StripeError.card("Your card was declined.");
    }
    return invoice;
  }

  private JsonNode close(Request request, String status, String done) {
    ObjectNode invoice = get(request.id());
    if (!status(invoice).equals("open") && !status(invoice).equals("uncollectible")) {
      throw StripeError.refused(
          "invoice_not_open", null, "Only open invoices can be " + done.replace('_', ' ') + ".");
    }
    invoice.put("status", status).putNull("next_payment_attempt").put("auto_advance", false);
    ObjectNode transitions = invoice.withObjectProperty("status_transitions");
    transitions.put(done + "_at", world.now(invoice));
    events.emit("invoice." + done, invoice);
    return invoice;
  }
}
