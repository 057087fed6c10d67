// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.production;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.monetize.stripe.ReconcileReport;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/**
 * Answers how billing stands to who holds the admin token, sent as {@code Authorization: Bearer};
 * of a customer also, with {@code ?customer=}, whether Stripe has and bills what it used.
 */
final class BillingStatusServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient BillingStatus status;
  private final transient byte[] authorization;

  BillingStatusServlet(BillingStatus status, String token) {
    this.status = status;
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String given = request.getHeader("Authorization");
    if (given == null
        || !MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      Json.problem(response, 401, "Unauthorized", "the admin token is needed as a Bearer token");
      return;
    }
    String customer = request.getParameter("customer");
    if (customer == null) {
      Json.write(response, status.now());
    } else {
      compare(customer, response);
    }
  }

  private void compare(String customer, HttpServletResponse response) throws IOException {
    Optional<ReconcileReport> report;
    try {
      report = status.compared(customer);
    } catch (IllegalStateException e) {
      log("nothing to compare \"" + customer + "\" with", e);
      response.setHeader("Retry-After", "10");
      Json.problem(response, 503, "Stripe does not answer", "try again later");
      return;
    }
    if (report.isEmpty()) {
      Json.problem(response, 404, "no such customer", "say ?customer= and the id of one");
      return;
    }
    Map<String, Object> body = status.now();
    body.put("report", new RawValue(report.get().json()));
    Json.write(response, body);
  }
}
