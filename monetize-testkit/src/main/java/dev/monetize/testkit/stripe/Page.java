// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The state as a page, with buttons for what a person may want to happen. */
final class Page {

  private static final String HEAD =
      """
      <!doctype html><meta charset="utf-8"><title>Stripe to test with</title>
      <style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em }
      table { border-collapse: collapse; width: 100%; margin-bottom: 1em }
      th, td { border-bottom: 1px solid #ccc; padding: .3em .6em; text-align: left; vertical-align: top }
      td.n { text-align: right; font-variant-numeric: tabular-nums }
      form { display: inline } code { font-size: 13px }
      </style>
      """;

  private final StringBuilder html = new StringBuilder(HEAD);

  private Page() {}

  static String of(JsonNode state) {
    Page page = new Page();
    page.add("<h1>Stripe to test with</h1><p>It is %s. ", Json.text(state, "now"));
    page.button("/_clock?advance=PT1H", "an hour later");
    page.button("/_clock?advance=P1D", "a day later");
    page.button("/_clock?advance=P31D", "31 days later");
    page.button("/_finalize", "make drafts final");
    page.add(" All of it as <a href=\"/_state\">JSON</a>.</p>");
    page.customers(state);
    page.subscriptions(state);
    page.meters(state);
    page.invoices(state);
    return page.html.toString();
  }

  private void customers(JsonNode state) {
    add("<h2>Customers</h2><table><tr><th>id<th>name, email<th>metadata<th>balance<th>card");
    for (JsonNode each : state.path("customers")) {
      String id = Json.text(each, "id");
      boolean fails = each.path("payments_fail").asBoolean();
      add(
          "<tr><td><code>%s</code><td>%s %s",
          id, Json.text(each, "name"), Json.text(each, "email"));
      add("<td>%s<td class=n>%s<td>", each.path("metadata"), Json.text(each, "balance"));
      button(
          "/_customers/" + id + "/payments?fail=" + !fails,
          fails ? "fails; have it pay" : "let it fail");
    }
    add("</table>");
  }

  private void subscriptions(JsonNode state) {
    add("<h2>Subscriptions</h2><table><tr><th>id<th>customer<th>status<th>items<th>until<th>");
    for (JsonNode each : state.path("subscriptions")) {
      String id = Json.text(each, "id");
      String customer = Json.text(each, "customer");
      add("<tr><td><code>%s</code><td><code>%s</code>", id, customer);
      add("<td>%s<td>", Json.text(each, "status"));
      String until = "";
      for (JsonNode item : each.path("items").path("data")) {
        JsonNode price = item.path("price");
        String key = Json.text(price, "lookup_key");
        add("%s<br>", key == null ? Json.text(price, "id") : key);
        until = time(item.path("current_period_end").asLong());
      }
      add("<td>%s<td>", until);
      button("/_bill?subscription=" + id, "invoice now");
    }
    add("</table>");
  }

  private void meters(JsonNode state) {
    add("<h2>Meters</h2><table><tr><th>event<th>formula<th>customer<th>all its usage");
    for (JsonNode each : state.path("meters")) {
      String formula = Json.text(each.path("default_aggregation"), "formula");
      add("<tr><td>%s<td>%s<td><td>", Json.text(each, "event_name"), formula);
      for (JsonNode sum : each.path("usage")) {
        add("<tr><td><td><td><code>%s</code>", Json.text(sum, "customer"));
        add("<td class=n>%s", Json.text(sum, "value"));
      }
    }
    add("</table>");
  }

  private void invoices(JsonNode state) {
    add("<h2>Invoices</h2><table><tr><th>number<th>customer<th>status<th>line<th>amount");
    for (JsonNode each : state.path("invoices")) {
      String number = Json.text(each, "number");
      String id = Json.textOrEmpty(each, "id");
      add("<tr id=\"%s\"><td>%s", id, number == null ? id : number);
      add("<td><code>%s</code><td>%s ", Json.text(each, "customer"), Json.text(each, "status"));
      if (Json.textOrEmpty(each, "status").equals("draft")) {
        button("/_finalize?invoice=" + id, "make final");
      }
      add("<td><b>total</b><td class=n><b>%s</b>", money(each, "total"));
      for (JsonNode line : each.path("lines").path("data")) {
        String what = Json.text(line, "description");
        add("<tr><td><td><td><td>%s<td class=n>%s", what, money(line, "amount"));
      }
    }
    add("</table>");
  }

  /** A page where somebody pays. */
  static String checkout(JsonNode session) {
    Page page = new Page();
    page.add("<h1>Checkout</h1><p>%s</p><table>", Json.text(session, "status"));
    for (JsonNode item : session.path("line_items").path("data")) {
      String price = Json.text(item.path("price"), "id");
      page.add("<tr><td>%s<td class=n>%s", price, money(item, "amount_total"));
    }
    page.add("</table>");
    String at = "/_checkout/" + Json.text(session, "id") + "?card=";
    page.button(at + "pm_card_visa", "pay");
    page.button(at + "pm_card_chargeCustomerFail", "pay with a card that will fail");
    page.button(at + "pm_card_chargeDeclined", "pay with a card that is declined");
    String back = Json.text(session, "cancel_url");
    if (back != null) {
      page.add("<p><a href=\"%s\">back</a></p>", back);
    }
    return page.html.toString();
  }

  /** The customer portal. */
  static String portal(JsonNode session, Iterable<? extends JsonNode> subscriptions) {
    Page page = new Page();
    page.add("<h1>Your subscriptions</h1><table>");
    for (JsonNode each : subscriptions) {
      boolean ends = Json.has(each, "cancel_at");
      page.add("<tr><td>%s<td>%s<td>", Json.text(each, "id"), Json.text(each, "status"));
      String at = "/_portal/" + Json.text(session, "id") + "?subscription=" + Json.text(each, "id");
      page.button(at + "&cancel=" + !ends, ends ? "keep it" : "cancel at the end of the period");
    }
    page.add("</table>");
    String back = Json.text(session, "return_url");
    if (back != null) {
      page.add("<p><a href=\"%s\">back</a></p>", back);
    }
    return page.html.toString();
  }

  private static String time(long seconds) {
    return Instant.ofEpochSecond(seconds).toString();
  }

  private static String money(JsonNode of, String field) {
    BigDecimal amount = BigDecimal.valueOf(of.path(field).asLong(), 2);
    return amount + " " + Json.textOrEmpty(of, "currency");
  }

  private void button(String action, String label) {
    add("<form method=post action=\"%s\"><button>%s</button></form> ", action, label);
  }

  /** Texts that come from outside are escaped; a null is shown as nothing. */
  private void add(String format, @Nullable Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] == null ? "" : escaped(values[i].toString());
    }
    html.append(String.format(format, safe)).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
