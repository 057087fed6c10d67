// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What people and scripts may look at and do; the API has none of it. */
final class Pages {

  private final World world;
  private final Billing billing;
  private final State state;
  private final Checkout checkout;
  private final Portal portal;
  private final PaymentMethods cards;
  private final StripeFaults faults;

  Pages(
      Billing billing,
      State state,
      Checkout checkout,
      Portal portal,
      PaymentMethods cards,
      StripeFaults faults) {
    this.world = billing.world();
    this.billing = billing;
    this.state = state;
    this.checkout = checkout;
    this.portal = portal;
    this.cards = cards;
    this.faults = faults;
  }

  static boolean covers(Call call) {
    return call.path().equals("/") || call.path().startsWith("/_");
  }

  Answer answer(Call call) {
    try {
      return world.locked(() -> answer(call, call.params()));
    } catch (StripeError e) {
      return e.answer();
    } catch (IllegalArgumentException | DateTimeException e) {
      return StripeError.invalid("parameter_invalid", null, String.valueOf(e.getMessage()))
          .answer();
    }
  }

  private Answer answer(Call call, ObjectNode params) {
    String[] path = call.path().split("/");
    boolean post = call.method().equals("POST");
    String first = path.length < 2 ? "" : path[1];
    return switch (first) {
      case "" -> Answer.html(Page.of(state.json()));
      case "_state" -> Answer.json(200, state.json());
      case "_checkout" ->
          post ? pay(path[2], params) : Answer.html(Page.checkout(checkout.get(path[2])));
      case "_portal" -> post ? manage(path[2], params) : portal(path[2]);
      default -> post ? change(first, path, params) : unknown(call);
    };
  }

  private static Answer unknown(Call call) {
    throw StripeError.noSuchPath(call.method(), call.path());
  }

  private Answer change(String what, String[] path, ObjectNode params) {
    switch (what) {
      case "_clock" -> {
        world.agenda().advance(Duration.parse(Json.textOrEmpty(params, "advance")));
        world.agenda().run();
      }
      case "_finalize" -> finalizeDrafts(Json.textOrEmpty(params, "invoice"));
      case "_bill" -> bill(Json.textOrEmpty(params, "subscription"));
      case "_customers" -> cards.broke(path[2], params.path("fail").asText().equals("true"));
      case "_faults" -> fault(params);
      default -> throw StripeError.noSuchPath("POST", "/" + what);
    }
    return Answer.redirect("/");
  }

  private void finalizeDrafts(String only) {
    for (ObjectNode invoice : world.store().all("invoice")) {
      boolean draft = Json.textOrEmpty(invoice, "status").equals("draft");
      if (draft && (only.isEmpty() || only.equals(Json.text(invoice, "id")))) {
        billing.invoicing().makeFinal(invoice);
      }
    }
  }

  /** The period of a subscription ends now; the id of its invoice. */
  String bill(String subscription) {
    ObjectNode found = world.store().named("subscription", subscription, "subscription");
    if (!SubscriptionStates.live(found)) {
      throw StripeError.refused(null, "subscription", "The subscription has ended.");
    }
    return billing.cycle().restart(found).path("id").asText();
  }

  private void fault(ObjectNode params) {
    if (params.has("heal")) {
      faults.heal();
      return;
    }
    String path = params.has("path") ? Json.textOrEmpty(params, "path") : "/";
    String name = Json.textOrEmpty(params, "fault").toUpperCase(Locale.ROOT);
    String seconds = params.has("seconds") ? Json.textOrEmpty(params, "seconds") : "0";
    Duration time = Duration.ofSeconds(Long.parseLong(seconds));
    StripeFault fault = new StripeFault(StripeFault.Kind.valueOf(name), time);
    for (int i = 0; i < params.path("times").asInt(1); i++) {
      faults.next(path, fault);
    }
  }

  private Answer pay(String session, ObjectNode params) {
    String card = params.has("card") ? Json.textOrEmpty(params, "card") : "pm_card_visa";
    ObjectNode done = checkout.complete(session, card, Json.text(params, "email"));
    String back = Json.textOrEmpty(done, "success_url");
    return Answer.redirect(back.isEmpty() ? "/" : back.replace("{CHECKOUT_SESSION_ID}", session));
  }

  private Answer portal(String id) {
    ObjectNode session = portal.session(id);
    return Answer.html(Page.portal(session, subscriptions(session)));
  }

  private List<ObjectNode> subscriptions(ObjectNode session) {
    String customer = Json.textOrEmpty(session, "customer");
    return world.store().all("subscription").stream()
        .filter(each -> customer.equals(Json.text(each, "customer")))
        .filter(SubscriptionStates::live)
        .toList();
  }

  private Answer manage(String id, ObjectNode params) {
    String wanted = Json.textOrEmpty(params, "subscription");
    for (ObjectNode each : subscriptions(portal.session(id))) {
      if (wanted.equals(Json.text(each, "id"))) {
        boolean cancel = params.path("cancel").asText().equals("true");
        billing.changes().cancelAtPeriodEnd(each, cancel);
      }
    }
    return Answer.redirect("/_portal/" + id);
  }
}
