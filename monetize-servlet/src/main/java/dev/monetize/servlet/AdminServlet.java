// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import dev.monetize.Accounts;
import dev.monetize.Monetizer;
import dev.monetize.identity.Customer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates customers, issues, rotates and revokes keys, and changes tiers, in JSON over HTTP. Does
 * what {@link Accounts} does. There only for who holds its token, sent as {@code Authorization:
 * Bearer}; map it where the {@link MonetizeFilter} is not.
 *
 * <pre>
 * POST   /customers                    {"id", "name", "tier"}
 * GET    /customers/{id}
 * POST   /customers/{id}/keys          {"label", "mode": "live"|"test", "validUntil"}
 * PUT    /customers/{id}/tier          {"tier"}
 * PUT    /customers/{id}/overrides     {"rate_limit": "500/min", ...}, in place of all it had
 * PUT    /customers/{id}/status        {"status": "active"|"suspended"}
 * PUT    /customers/{id}/anchor        {"anchor": "2026-01-31T00:00:00Z"|null}
 * POST   /keys/{id}/rotate             {"overlapSeconds"}
 * DELETE /keys/{id}
 * GET    /tiers
 * POST   /tiers/reload
 * </pre>
 *
 * <p>A field that is not listed is refused, as is {@code anchor} left out.
 */
public final class AdminServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(AdminServlet.class);
  private static final int SHORT_TOKEN = 16;

  /** The method of each path. */
  private static final Map<String, String> ALLOWED =
      Map.ofEntries(
          Map.entry("customers", "POST"),
          Map.entry("customers/*", "GET"),
          Map.entry("customers/*/keys", "POST"),
          Map.entry("customers/*/tier", "PUT"),
          Map.entry("customers/*/overrides", "PUT"),
          Map.entry("customers/*/status", "PUT"),
          Map.entry("customers/*/anchor", "PUT"),
          Map.entry("keys/*/rotate", "POST"),
          Map.entry("keys/*", "DELETE"),
          Map.entry("tiers", "GET"),
          Map.entry("tiers/reload", "POST"));

  private final transient Monetizer monetizer;
  private final transient byte[] token;

  /**
   * A servlet for who holds a token.
   *
   * @param token a secret of your choosing; take a long random one
   * @throws IllegalArgumentException if it is blank
   */
  public AdminServlet(Monetizer monetizer, String token) {
    if (token.isBlank()) {
      throw new IllegalArgumentException("the admin token must not be blank");
    }
    if (token.length() < SHORT_TOKEN) {
      log.warn("the admin token has fewer than {} characters: take a longer one", SHORT_TOKEN);
    }
    this.monetizer = monetizer;
    this.token = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!isAuthorized(request)) {
      response.setHeader("WWW-Authenticate", "Bearer");
      Problem.send(response, 401, "Unauthorized", "The admin token is needed as a Bearer token.");
      return;
    }
    try {
      answer(request, response);
    } catch (IllegalArgumentException e) {
      Problem.send(response, 400, "Bad request", String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      Problem.send(response, 409, "Not possible here", String.valueOf(e.getMessage()));
    }
  }

  private boolean isAuthorized(HttpServletRequest request) {
    String given = request.getHeader("Authorization");
    return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
  }

  private void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String path = Optional.ofNullable(request.getPathInfo()).orElse("/");
    List<String> parts = List.of(path.substring(1).split("/"));
    String id = parts.size() > 1 ? parts.get(1) : "";
    Accounts accounts = monetizer.accounts();
    String shape = shape(parts);
    String route = request.getMethod() + " " + shape;
    if (request.getMethod().equals(ALLOWED.get(shape)) && isOfNobody(route, id)) {
      Problem.send(response, 404, "Not found", "There is no customer, or no key, of this id.");
      return;
    }
    switch (route) {
      case "POST customers" -> {
        AdminBody body = AdminBody.of(request, "id", "name", "tier");
        Customer made =
            accounts.createCustomer(body.id(), body.optional("name").orElse(""), body.text("tier"));
        write(response, 201, made);
      }
      case "GET customers/*" -> write(response, 200, accounts.customer(id).orElseThrow());
      case "POST customers/*/keys" -> {
        AdminBody body = AdminBody.of(request, "label", "mode", "validUntil");
        Json.write(
            response,
            201,
            AdminJson.issued(
                accounts.issueKey(
                    id,
                    body.optional("label").orElse(""),
                    body.mode(),
                    body.instant("validUntil"))));
      }
      case "PUT customers/*/tier" -> {
        String tier = AdminBody.of(request, "tier").text("tier");
        Json.write(response, 200, AdminJson.subscription(accounts.changeTier(id, tier)));
      }
      case "PUT customers/*/overrides" -> {
        Map<String, String> values = AdminBody.ofAnyFields(request).texts();
        Json.write(response, 200, AdminJson.subscription(accounts.override(id, values)));
      }
      case "PUT customers/*/status" -> {
        AdminBody body = AdminBody.of(request, "status");
        Json.write(response, 200, AdminJson.subscription(accounts.setStatus(id, body.status())));
      }
      case "PUT customers/*/anchor" -> {
        AdminBody body = AdminBody.of(request, "anchor");
        Json.write(
            response,
            200,
            AdminJson.subscription(accounts.setAnchor(id, body.instantOrNull("anchor"))));
      }
      case "POST keys/*/rotate" -> {
        AdminBody body = AdminBody.of(request, "overlapSeconds");
        Json.write(response, 201, AdminJson.issued(accounts.rotateKey(id, body.overlap())));
      }
      case "DELETE keys/*" -> Json.write(response, 200, AdminJson.key(accounts.revokeKey(id)));
      case "GET tiers" ->
          Json.write(
              response,
              200,
              Map.of(
                  "tiers", monetizer.tiers().describe().lines().toList(),
                  "shadowRefusals", monetizer.shadowRefusals()));
      case "POST tiers/reload" -> Json.write(response, 200, AdminJson.reload(monetizer.reload()));
      default -> refuse(response, ALLOWED.get(shape(parts)));
    }
  }

  /** Whether a route that there is names a customer or a key that there is not. */
  private boolean isOfNobody(String route, String id) {
    Accounts accounts = monetizer.accounts();
    if (route.equals("GET customers/*")) {
      return accounts.customer(id).isEmpty();
    }
    return route.contains(" customers/*/")
        ? accounts.subscription(id).isEmpty()
        : route.contains(" keys/*") && accounts.key(id).isEmpty();
  }

  /** Answers a request that no route takes; the method of its path is null for an unknown path. */
  private static void refuse(HttpServletResponse response, @Nullable String allowed)
      throws IOException {
    if (allowed == null) {
      Problem.send(response, 404, "Not found", "There is nothing here.");
      return;
    }
    response.setHeader("Allow", allowed);
    Problem.send(response, 405, "Method not allowed", "Here is only " + allowed + ".");
  }

  /** The path with a star in place of an id. */
  private static String shape(List<String> parts) {
    if (parts.size() < 2 || parts.get(0).equals("tiers")) {
      return String.join("/", parts);
    }
    String rest = String.join("/", parts.subList(2, parts.size()));
    return parts.get(0) + "/*" + (rest.isEmpty() ? "" : "/" + rest);
  }

  private void write(HttpServletResponse response, int status, Customer customer)
      throws IOException {
    Accounts accounts = monetizer.accounts();
    Map<String, Object> body = AdminJson.customer(customer);
    accounts
        .subscription(customer.id())
        .ifPresent(subscription -> body.put("subscription", AdminJson.subscription(subscription)));
    body.put("keys", accounts.keys(customer.id()).stream().map(AdminJson::key).toList());
    Json.write(response, status, body);
  }
}
