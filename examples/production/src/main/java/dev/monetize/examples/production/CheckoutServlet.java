// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import com.stripe.exception.StripeException;
import dev.monetize.Caller;
import dev.monetize.Monetizer;
import dev.monetize.servlet.MonetizeContext;
import dev.monetize.stripe.CheckoutPage;
import dev.monetize.stripe.StripeBilling;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Answers with the address of Stripe's page where the caller subscribes to a tier; makes it a
 * customer at Stripe, if it is none.
 */
final class CheckoutServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient Monetizer monetizer;
  private final transient StripeBilling billing;

  CheckoutServlet(Monetizer monetizer, StripeBilling billing) {
    this.monetizer = monetizer;
    this.billing = billing;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Caller> caller = MonetizeContext.caller(monetizer, request, response);
    if (caller.isEmpty()) {
      return;
    }
    String tier = request.getParameter("tier");
    if (tier == null || monetizer.tiers().tier(tier).isEmpty()) {
      Json.problem(response, 400, "no such tier", "say ?tier= and the name of one of /pricing");
      return;
    }
    URI back = URI.create(request.getRequestURL().toString()).resolve("/pricing");
    try {
      URI page = billing.checkoutLink(caller.get().customer(), tier, new CheckoutPage(back, back));
      Json.write(response, Map.of("url", page.toString()));
    } catch (IllegalStateException e) {
      log("no checkout for \"" + caller.get().customer() + "\": " + e.getMessage());
      Json.problem(
          response, 409, "not to be subscribed to", "it is not for sale, or you have a plan");
    } catch (StripeException | IOException | RuntimeException e) {
      log("no checkout for \"" + caller.get().customer() + "\"", e);
      response.setHeader("Retry-After", "10");
      Json.problem(response, 503, "Stripe does not answer", "try again later");
    }
  }
}
