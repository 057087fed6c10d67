// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.monetize.Accounts;
import dev.monetize.Monetizer;
import dev.monetize.NewKey;
import dev.monetize.TierReload;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.Customer;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Subscription;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
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
 * PUT    /customers/{id}/overrides     {"rate_limit": "500/min", ...}
 * PUT    /customers/{id}/status        {"status": "active"|"suspended"}
 * PUT    /customers/{id}/anchor        {"anchor": "2026-01-31T00:00:00Z"|null}
 * POST   /keys/{id}/rotate             {"overlapSeconds"}
 * DELETE /keys/{id}
 * GET    /tiers
 * POST   /tiers/reload
 * </pre>
 */
public final class AdminServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(AdminServlet.class);
  private static final int MOST_BODY = 64 * 1024;
  private static final int SHORT_TOKEN = 16;
  private static final long MOST_OVERLAP = Duration.ofDays(366).toSeconds();

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

  /** A request that is no good. */
  private static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1L;

    BadRequest(String message) {
      super(message);
    }
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
    } catch (BadRequest | IllegalArgumentException e) {
      Problem.send(response, 400, "Bad request", String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      Problem.send(response, 409, "Not possible here", String.valueOf(e.getMessage()));
    }
  }

  private boolean isAuthorized(HttpServletRequest request) {
    String given = request.getHeader("Authorization");
    return given != null
        && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
  }

  private void answer(HttpServletRequest request, HttpServletResponse response)
      throws IOException, BadRequest {
    String path = Optional.ofNullable(request.getPathInfo()).orElse("/");
    List<String> parts = List.of(path.substring(1).split("/"));
    String what = request.getMethod() + " " + shape(parts);
    Accounts accounts = monetizer.accounts();
    switch (what) {
      case "POST customers" -> {
        JsonNode body = body(request);
        Customer made =
            accounts.createCustomer(
                text(body, "id"), optional(body, "name").orElse(""), text(body, "tier"));
        Json.write(response, 201, customer(made));
      }
      case "GET customers/*" -> show(response, parts.get(1));
      case "POST customers/*/keys" ->
          Json.write(response, 201, issued(issue(parts.get(1), body(request))));
      case "PUT customers/*/tier" ->
          Json.write(
              response,
              200,
              subscription(accounts.changeTier(parts.get(1), text(body(request), "tier"))));
      case "PUT customers/*/overrides" ->
          Json.write(
              response, 200, subscription(accounts.override(parts.get(1), texts(body(request)))));
      case "PUT customers/*/status" ->
          Json.write(
              response,
              200,
              subscription(accounts.setStatus(parts.get(1), status(text(body(request), "status")))));
      case "PUT customers/*/anchor" ->
          Json.write(
              response,
              200,
              subscription(accounts.setAnchor(parts.get(1), instant(body(request), "anchor"))));
      case "POST keys/*/rotate" ->
          Json.write(
              response, 201, issued(accounts.rotateKey(parts.get(1), overlap(body(request)))));
      case "DELETE keys/*" ->
          Json.write(response, 200, key(accounts.revokeKey(parts.get(1))));
      case "GET tiers" ->
          Json.write(
              response,
              200,
              Map.of(
                  "tiers", monetizer.tiers().describe(),
                  "shadowRefusals", monetizer.shadowRefusals()));
      case "POST tiers/reload" -> Json.write(response, 200, reload(monetizer.reload()));
      default -> Problem.send(response, 404, "Not found", "There is no " + request.getMethod() + " here.");
    }
  }

  /** The path with a star in place of an id. */
  private static String shape(List<String> parts) {
    if (parts.size() >= 2 && !parts.get(0).equals("tiers")) {
      return parts.get(0) + "/*" + (parts.size() == 2 ? "" : "/" + String.join("/", parts.subList(2, parts.size())));
    }
    return String.join("/", parts);
  }

  private void show(HttpServletResponse response, String id) throws IOException {
    Accounts accounts = monetizer.accounts();
    Optional<Customer> found = accounts.customer(id);
    if (found.isEmpty()) {
      Problem.send(response, 404, "Not found", "There is no such customer.");
      return;
    }
    Map<String, Object> body = customer(found.get());
    accounts.subscription(id).ifPresent(sub -> body.put("subscription", subscription(sub)));
    body.put("keys", accounts.keys(id).stream().map(AdminServlet::key).toList());
    Json.write(response, 200, body);
  }

  private NewKey issue(String customer, JsonNode body) throws BadRequest {
    String mode = optional(body, "mode").orElse("live");
    if (!mode.equals("live") && !mode.equals("test")) {
      throw new BadRequest("mode must be \"live\" or \"test\"");
    }
    return monetizer
        .accounts()
        .issueKey(
            customer,
            optional(body, "label").orElse(""),
            MonetizeKeys.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
            instant(body, "validUntil"));
  }

  private static Subscription.Status status(String text) throws BadRequest {
    return switch (text) {
      case "active" -> Subscription.Status.ACTIVE;
      case "suspended" -> Subscription.Status.SUSPENDED;
      default -> throw new BadRequest("status must be \"active\" or \"suspended\"");
    };
  }

  private static Duration overlap(JsonNode body) throws BadRequest {
    JsonNode seconds = body.path("overlapSeconds");
    if (seconds.isMissingNode()) {
      return Duration.ofHours(24);
    }
    if (!seconds.isIntegralNumber() || seconds.asLong() < 0 || seconds.asLong() > MOST_OVERLAP) {
      throw new BadRequest("overlapSeconds must be a whole number from 0 to " + MOST_OVERLAP);
    }
    return Duration.ofSeconds(seconds.asLong());
  }

  private static JsonNode body(HttpServletRequest request) throws IOException, BadRequest {
    byte[] bytes = request.getInputStream().readNBytes(MOST_BODY + 1);
    if (bytes.length > MOST_BODY) {
      throw new BadRequest("the body must not be larger than " + MOST_BODY + " bytes");
    }
    try {
      JsonNode body = bytes.length == 0 ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(bytes);
      if (!body.isObject()) {
        throw new BadRequest("the body must be a JSON object");
      }
      return body;
    } catch (JsonProcessingException e) {
      throw new BadRequest("the body is not JSON: " + e.getOriginalMessage());
    }
  }

  private static String text(JsonNode body, String name) throws BadRequest {
    return optional(body, name)
        .orElseThrow(() -> new BadRequest("\"" + name + "\" is needed, as a text"));
  }

  private static Optional<String> optional(JsonNode body, String name) throws BadRequest {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw new BadRequest("\"" + name + "\" must be a text");
    }
    return Optional.of(value.textValue());
  }

  private static Map<String, String> texts(JsonNode body) throws BadRequest {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : body.properties()) {
      if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
        throw new BadRequest("\"" + entry.getKey() + "\" must be a text");
      }
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    return texts;
  }

  private static @Nullable Instant instant(JsonNode body, String name) throws BadRequest {
    Optional<String> text = optional(body, name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text.get());
    } catch (DateTimeException e) {
      throw new BadRequest("\"" + name + "\" must be an instant such as 2026-01-31T00:00:00Z");
    }
  }

  private static Map<String, Object> customer(Customer customer) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", customer.id());
    body.put("name", customer.name());
    return body;
  }

  private static Map<String, Object> subscription(Subscription subscription) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("customer", subscription.customer());
    body.put("tier", subscription.tier());
    body.put("status", subscription.status().name().toLowerCase(Locale.ROOT));
    if (subscription.anchor() != null) {
      body.put("anchor", subscription.anchor().toString());
    }
    body.put("overrides", subscription.overrides());
    return body;
  }

  private static Map<String, Object> key(ApiKey key) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("id", key.id());
    body.put("customer", key.customer());
    body.put("label", key.label());
    body.put("created", key.created().toString());
    if (key.validUntil() != null) {
      body.put("validUntil", key.validUntil().toString());
    }
    return body;
  }

  private static Map<String, Object> issued(NewKey key) {
    Map<String, Object> body = key(key.key());
    body.put("key", key.takeSecret());
    return body;
  }

  private static Map<String, Object> reload(TierReload reload) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("changes", reload.changes());
    body.put("customers", reload.customers());
    return body;
  }
}
