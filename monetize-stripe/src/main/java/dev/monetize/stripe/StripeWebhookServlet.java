// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes Stripe's events in: map it where the {@code MonetizeFilter} is not, and give Stripe its
 * address.
 *
 * <pre>{@code
 * context.addServlet("stripe", new StripeWebhookServlet(billing, System.getenv("STRIPE_WEBHOOK_SECRET")))
 *     .addMapping("/stripe/webhook");
 * }</pre>
 *
 * <p>It answers 200 when an event is durable, or was known already; 400 to what Stripe did not
 * sign, did not sign just now (five minutes back or ahead), or is no event; 413 to more than 512
 * kB; 503 where the event cannot be written down: Stripe sends it again. What follows from an event
 * is done afterwards, by {@link StripeBilling}.
 *
 * <p>Nothing may have read the body before it, as filters that look for form parameters do: the
 * signature is of its bytes.
 *
 * <p>At Stripe the endpoint should listen to {@link #EVENTS}, in the version {@link
 * StripeBilling#API_VERSION}; and an event destination with thin payloads to {@link #THIN_EVENTS}.
 * Both may have the same address, and each has a secret of its own.
 */
public final class StripeWebhookServlet extends HttpServlet {

  /** Types of events that matter here; others do no harm. */
  public static final List<String> EVENTS =
      List.of(
          "checkout.session.completed",
          "customer.deleted",
          "customer.subscription.created",
          "customer.subscription.deleted",
          "customer.subscription.paused",
          "customer.subscription.resumed",
          "customer.subscription.updated",
          "invoice.created",
          "invoice.paid",
          "invoice.payment_failed");

  /** Types of thin events that matter here. */
  public static final List<String> THIN_EVENTS =
      List.of("v1.billing.meter.error_report_triggered", "v1.billing.meter.no_meter_found");

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(StripeWebhookServlet.class);
  private static final int MOST_BYTES = 512 * 1024;
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final transient StripeBilling billing;
  private final transient WebhookSignature signature;
  private final transient AtomicReference<Instant> warned = new AtomicReference<>(Instant.MIN);

  /**
   * One that takes in what was signed with a secret.
   *
   * @param secrets the endpoint's, as Stripe shows it ({@code whsec_…}); several where it has
   *     several endpoints, or while a secret is being changed
   * @throws IllegalArgumentException if there is none, or one is blank
   */
  public StripeWebhookServlet(StripeBilling billing, String... secrets) {
    this.billing = Objects.requireNonNull(billing, "billing");
    this.signature = new WebhookSignature(List.of(secrets));
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    byte[] body = request.getInputStream().readNBytes(MOST_BYTES + 1);
    if (body.length > MOST_BYTES) {
      answer(response, 413, "an event has at most " + MOST_BYTES + " bytes");
      return;
    }
    Instant now = billing.now();
    Optional<String> fault = signature.fault(signatures(request), body, now);
    if (fault.isPresent()) {
      warn(fault.get(), now);
      answer(response, 400, fault.get());
      return;
    }
    WebhookBody read;
    try {
      read = WebhookBody.of(body, now);
    } catch (IOException e) {
      warn("the body is no event", now);
      answer(response, 400, "the body is no event");
      return;
    }
    take(read, response);
  }

  /** None where the container tells no headers. */
  private static List<String> signatures(HttpServletRequest request) {
    Enumeration<String> headers = request.getHeaders("Stripe-Signature");
    return headers == null ? List.of() : Collections.list(headers);
  }

  private void take(WebhookBody read, HttpServletResponse response) throws IOException {
    try {
      billing.receive(read);
    } catch (IOException e) {
      log.error("an event of Stripe's could not be written down; Stripe will send it again", e);
      answer(response, 503, "try again later");
      return;
    }
    answer(response, 200, "taken");
  }

  /** Anybody can call this, so it is said once a minute. */
  private void warn(String fault, Instant now) {
    Instant last = warned.get();
    if (Duration.between(last, now).abs().compareTo(SILENCE) >= 0
        && warned.compareAndSet(last, now)) {
      log.warn("a webhook was refused: {}", fault);
    }
  }

  private static void answer(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=UTF-8");
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
