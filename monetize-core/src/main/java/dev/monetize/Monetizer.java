// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.Subscription;
import dev.monetize.limit.Decision;
import dev.monetize.limit.Limit;
import dev.monetize.limit.RateLimiter;
import dev.monetize.limit.Standing;
import dev.monetize.notice.Notices;
import dev.monetize.tier.Endpoint;
import dev.monetize.tier.Route;
import dev.monetize.tier.Tier;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.IdConflict;
import dev.monetize.usage.Ledger;
import dev.monetize.usage.Recording;
import dev.monetize.usage.Shipper;
import dev.monetize.usage.UsageHistory;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine: one for an app. Thread-safe; close it when the app stops.
 *
 * <p>A call's way through it:
 *
 * <ol>
 *   <li><b>Match</b> its method and path to an endpoint. Public ones pass.
 *   <li><b>Identify</b> the caller by key, or by what the app vouches for.
 *   <li><b>Entitle</b>: may its tier call this endpoint?
 *   <li><b>Decide</b> every rate limit, quota and concurrency limit in one atomic step.
 *   <li>The adapter serves the call, and <b>settles</b> it with an {@link Outcome}: once.
 *   <li>A billable call is <b>appended</b> to the journal, from which sinks and totals follow.
 * </ol>
 *
 * <pre>{@code
 * Monetizer monetizer =
 *     Monetizer.builder()
 *         .tiers(TierCatalog.load(Path.of("tiers.yml")))
 *         .dataDirectory(Path.of("monetize-data"))
 *         .build();
 *
 * Admission admission = monetizer.admit(ApiCall.of("GET", "/v1/reports", key));
 * if (admission instanceof Granted call) {
 *   try (call) {
 *     serve();
 *     call.settle(Outcome.answered(200));
 *   }
 * }
 * }</pre>
 *
 * <p>Time is read once at admission and once at settlement.
 */
public final class Monetizer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Monetizer.class);
  private static final Duration CATCH_UP = Duration.ofMillis(100);

  private final Time time;
  private final RateLimiter limiter;
  private final UsageJournal journal;
  private final Shipper shipper;
  private final Ledger ledger;
  private final Callers callers;
  private final Offers offers;
  private final KeyFormat format;
  private final Accounts accounts;
  private final NoticeWatch watch;
  private final Settling settling;
  private final UsageRecorder recorder;
  private final UsageHistory history;
  private final OnFullJournal onFull;
  private final ShadowCount shadows = new ShadowCount();
  private final List<AutoCloseable> owned;

  Monetizer(Parts parts) {
    this.time = parts.time();
    this.limiter = parts.limiter();
    this.journal = parts.journal();
    this.shipper = parts.shipper();
    this.ledger = parts.ledger();
    this.callers = parts.callers();
    this.offers = parts.offers();
    this.format = parts.format();
    this.accounts = parts.accounts();
    this.watch = parts.watch();
    this.settling = new Settling(parts);
    this.recorder = parts.recorder();
    this.history = parts.history();
    this.onFull = parts.onFull();
    this.owned = parts.owned();
  }

  /** What an engine is made of; closed in the order of {@code owned}. */
  record Parts(
      Time time,
      RateLimiter limiter,
      UsageJournal journal,
      Shipper shipper,
      Ledger ledger,
      Callers callers,
      Offers offers,
      KeyFormat format,
      Accounts accounts,
      NoticeWatch watch,
      UsageRecorder recorder,
      UsageHistory history,
      OnFullJournal onFull,
      List<AutoCloseable> owned) {}

  /** Begins an engine. */
  public static MonetizerBuilder builder() {
    return new MonetizerBuilder();
  }

  /**
   * Decides a call. Never throws for anything a caller of the API can send.
   *
   * @return {@link Granted}, to be settled; {@link Denied}, with the reason; or {@link
   *     Admission.Passed} for a public endpoint
   */
  public Admission admit(ApiCall call) {
    Offer offer = offers.current();
    Route route = offer.catalog().route(call.method(), call.path());
    if (route instanceof Route.Public) {
      return Admission.Passed.PASSED;
    }
    if (!(route instanceof Route.Metered metered)) {
      return Denied.because(
          Reason.UNMATCHED,
          "No endpoint of this API matches this path. (The tier file's 'unmatched' is 'deny'.)");
    }
    long now = time.now();
    Identification identified = callers.identify(call.credential(), call.address(), offer, now);
    if (identified instanceof Denied denied) {
      return denied;
    }
    Caller caller = (Caller) identified;
    Denied refused = entitle(caller, metered, offer);
    return refused != null ? refused : decide(caller, metered.endpoint(), now);
  }

  /** Finds out who is calling, without admitting anything. */
  public Identification identify(Credential credential, String address) {
    return callers.identify(credential, address, offers.current(), time.now());
  }

  private static @Nullable Denied entitle(Caller caller, Route.Metered route, Offer offer) {
    if (caller.subscription().status() == Subscription.Status.SUSPENDED) {
      return Denied.of(
          Reason.SUBSCRIPTION_SUSPENDED, "This customer's subscription is suspended.", caller);
    }
    Tier tier = caller.tier();
    if (!route.allows(tier)) {
      List<String> may =
          offer.catalog().tiers().stream().filter(route::allows).map(Tier::name).toList();
      return Denied.notInTier(
          "Tier \"%s\" may not call this endpoint; %s may.".formatted(tier.name(), names(may)),
          caller,
          may);
    }
    if (!caller.plan().missing().isEmpty()) {
      if (caller.complains()) {
        log.error(
            "customer {} is refused: {} of tier {} is \"custom\" and was not set for this customer",
            caller.customer(),
            caller.plan().missing(),
            tier.name());
      }
      return Callers.notConfigured();
    }
    return null;
  }

  private static String names(List<String> tiers) {
    return tiers.isEmpty() ? "no tier" : "\"" + String.join("\", \"", tiers) + "\"";
  }

  private Admission decide(Caller caller, Endpoint endpoint, long now) {
    boolean metered = journal.accepting();
    if (!metered && onFull == OnFullJournal.REFUSE) {
      return Denied.of(
          Reason.METERING_UNAVAILABLE, "Usage cannot be recorded just now; try again.", caller);
    }
    Decision decision = limiter.acquire(caller.subject(), caller.plan().charge(endpoint), now);
    if (decision.shadowed() != 0) {
      shadows.count(caller, decision);
    }
    if (decision instanceof Decision.Allowed allowed) {
      return new Granted(settling, caller, endpoint, allowed, now, metered);
    }
    return refused(caller, (Decision.Refused) decision, now);
  }

  private static Denied refused(Caller caller, Decision.Refused refused, long now) {
    Limit limit = refused.violated();
    return Denied.byLimit(
        LimitText.reason(limit), LimitText.refusal(limit, caller.tier()), caller, refused, now);
  }

  /** What keys look like. */
  public KeyFormat keyFormat() {
    return format;
  }

  /** The tiers in force. */
  public TierCatalog tiers() {
    return offers.current().catalog();
  }

  /**
   * Puts other tiers into force, from the next call on. What was used of limits and quotas is kept.
   * Of a meter with another aggregation than before, the hours up to now are told as {@link
   * dev.monetize.usage.UsagePoint.Certainty#AT_LEAST}, unless it is a sum now.
   *
   * @return what changed, and for how many customers
   * @throws dev.monetize.tier.TierFaultsException if a subscription would have no tier, or values
   *     of its own that are no good for it; the tiers in force stay
   */
  public TierReload reload(TierCatalog next) {
    return inForce(offers.replace(next));
  }

  /**
   * Reads the tier file again and puts it into force.
   *
   * @throws IllegalStateException if the tiers were not read from a file
   * @throws dev.monetize.tier.TierFaultsException if the file is no good; the tiers in force stay
   */
  public TierReload reload() {
    return inForce(offers.reload());
  }

  private TierReload inForce(TierReload reload) {
    callers.forgetRefusals();
    TierReload done =
        offers.exclusively(
            () -> {
              ledger.aggregate(tiers().aggregations());
              return reload;
            });
    watch.changed();
    return done;
  }

  /** Customers, keys and subscriptions: create, issue, rotate, revoke, change. */
  public Accounts accounts() {
    return accounts;
  }

  /**
   * Records usage that did not come through the filter, of a batch job or a queue that delivers
   * again: each id once within 35 days, whatever dies in between. It counts in the customer's
   * quotas, in the windows of its own time, and is billed like any other.
   *
   * @return {@link Recording.Recorded}, or a {@link Recording.Duplicate} of what was recorded
   *     before; {@link Recording.Conflict} where the id had other usage; {@link Recording.Refused}
   *     with the reason; {@link Recording.Unavailable}: again later, with the same id
   */
  public Recording record(ExternalUsage usage) {
    return recorder.record(usage, time.now());
  }

  /** Usage recorded under an id that had other usage before, the last hundred. */
  public List<IdConflict> conflicts() {
    return recorder.intake().conflicts();
  }

  /** What the journal holds: use by key and endpoint, and every event of a customer. */
  public UsageHistory history() {
    return history;
  }

  /** Deliveries to the sinks: how far each is, and batches that were refused for good. */
  public Shipper shipper() {
    return shipper;
  }

  /** Notices and who is told them; empty if no listener was given to the builder. */
  public Optional<Notices> notices() {
    return watch.notices();
  }

  /**
   * What a caller has used, may still use, and owes so far: of calls on all instances that share a
   * journal, as far as they were settled before the question. Where such a journal is away, after a
   * tenth of a second, what is known here.
   */
  public UsageReport usage(Caller caller) {
    catchUp();
    return new UsageReporter(ledger, tiers()).report(caller, time.now());
  }

  /**
   * Units that a customer used in a meter, in the hours of UTC that begin within a time, by {@link
   * Ledger#units}: for whoever compares them with what was reported elsewhere.
   */
  public long units(String customer, String meter, Instant from, Instant to) {
    catchUp();
    return ledger.units(customer, meter, from, to);
  }

  /**
   * What a customer has to pay for a billing period, as far as it was used by now.
   *
   * <p>The period is a month, from the anchor that the subscription has now, or of the calendar; a
   * suspended customer pays like any other. Its rules:
   *
   * <ul>
   *   <li>A base price is due where its month or year begins. Where tier or own values change, the
   *       old one is given back for the seconds that are left, and the new one charged for them.
   *   <li>Units are paid by the tier that they were used in. What that includes in a window of its
   *       quota is counted from the window's begin, also what was used of it in another tier.
   *   <li>Per-unit prices, packages and bands without a quota count what was used in one tier at
   *       one price in the period.
   *   <li>Of a window that begins before the period, or ends after it, what has to be paid is what
   *       this period adds.
   *   <li>Units past a cap on overage are not paid; lowering the cap takes nothing back.
   *   <li>Each line is rounded as {@link dev.monetize.price.Rating#line} says. Prices are those of
   *       the tiers in force now.
   * </ul>
   *
   * <p>It is drawn up from the {@link Ledger}'s hours. Where a quota's window or the period doesn't
   * begin on a full hour of UTC, or the tier changed, events are read from the {@link #history}:
   * then it is not for the thread of a request that must be quick. The same use, subscription and
   * tiers make the same invoice.
   *
   * @param at any moment in the period
   * @throws IllegalArgumentException if the customer has no subscription, or use of the period is
   *     no longer kept
   * @throws IllegalStateException if a tier that the customer had in the period is not there any
   *     more, or its values are no good for it
   * @throws ArithmeticException if it comes to more than an amount holds
   * @throws dev.monetize.usage.NoLongerKeptException if events of the period are no longer kept
   * @throws IOException if the journal cannot be read
   */
  public InvoicePreview invoicePreview(String customer, Instant at) throws IOException {
    catchUp();
    Subscription subscription =
        offers
            .subscription(customer)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "customer \"" + customer + "\" has no subscription"));
    Instant oldest = Time.instant(time.now()).minus(Ledger.KEPT);
    InvoiceTerms terms = new InvoiceTerms(offers.current(), subscription, at);
    if (terms.usedSince().isBefore(oldest)) {
      throw new IllegalArgumentException(
          "use is kept since " + oldest + ", the invoice begins with that of " + terms.usedSince());
    }
    return new InvoiceDrafter(terms, ledger, history).draft();
  }

  private void catchUp() {
    try {
      if (!journal.catchUp(CATCH_UP)) {
        log.debug("usage is told as it is known here: the journal is away");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How a caller stands in its limits now, without charging them. */
  public Standing standing(Caller caller) {
    return limiter.peek(caller.subject(), caller.plan().limits(), time.now());
  }

  /** How often limits in shadow mode would have refused a call, by {@code tier/limit}. */
  public Map<String, Long> shadowRefusals() {
    return shadows.counts();
  }

  /**
   * Gives up a sink that is no longer there: what it has not been sent, it never will be. While it
   * is missing, its place in the journal is kept, and it goes on from there when it comes back.
   *
   * @throws IllegalArgumentException if it is there, or was never known
   */
  public void forgetSink(String name) {
    forget("sink", name, shipper::forget);
  }

  /**
   * Gives up a listener of notices that is no longer there: what it has not been told, it never
   * will be. While it is missing, its notices are kept, and it gets them when it comes back.
   *
   * @throws IllegalArgumentException if it is there, or is owed nothing
   */
  public void forgetListener(String name) {
    forget("listener", name, watch.missing()::forget);
  }

  @FunctionalInterface
  private interface Forgetting {
    void forget(String name) throws IOException, InterruptedException;
  }

  private static void forget(String what, String name, Forgetting place) {
    try {
      place.forget(name);
    } catch (IOException e) {
      throw new UncheckedIOException(what + " \"" + name + "\" could not be given up", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while giving up " + what + " \"" + name + "\"", e);
    }
  }

  /** How metering is doing, for a health check. */
  public Health health() {
    return new Health(
        journal.accepting(),
        journal.lost(),
        settling.unmetered(),
        shipper.missing(),
        watch.missing().names(),
        journal.gaps());
  }

  /** Delivers what is recorded to the sinks, for some seconds at most, and closes all files. */
  @Override
  public void close() {
    for (AutoCloseable part : owned) {
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} could not be closed cleanly", part, e);
      }
    }
  }
}
