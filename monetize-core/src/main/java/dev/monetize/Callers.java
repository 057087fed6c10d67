// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.monetize.identity.AccountFile;
import dev.monetize.identity.Changes;
import dev.monetize.identity.Customers;
import dev.monetize.identity.KeyDigest;
import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import dev.monetize.identity.Subscription;
import dev.monetize.identity.Subscriptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who is calling. Answers are cached, refusals apart from hits, so that a flood of
 * unknown keys cannot push out a caller that is known. A key is cached as its plain SHA-256, which
 * costs less than checking it and taking its peppered hash: that is for those not known yet.
 *
 * <p>A hit is good for some seconds and then looked up again, by one call in turn, while it stays
 * in use: where the look-up fails, callers already known go on being served.
 */
final class Callers implements Changes.Listener {

  private static final Logger log = LoggerFactory.getLogger(Callers.class);
  private static final long MOST_CALLERS = 100_000;
  private static final long MOST_MISSES = 10_000;
  private static final long FAILED_NANOS = 5_000_000_000L;
  private static final long TOLD_AGAIN_NANOS = 60_000_000_000L;

  private final KeyFormat format;
  private final Customers customers;
  private final Subscriptions subscriptions;
  private final @Nullable String defaultTier;
  private final long freshNanos;

  private final UnknownKeys unknown = new UnknownKeys();
  private final Cache<Object, Caller> known =
      Caffeine.newBuilder().maximumSize(MOST_CALLERS).build();

  private final Function<Object, @Nullable Caller> findKnown = known::getIfPresent;

  /** Refusals of what was looked up, so that repeating a call repeats no look-up. */
  private final Cache<Object, Denied> refusals;

  /** When it was logged last that look-ups fail, and that keys are tried: once a minute each. */
  private final AtomicLong failureTold = new AtomicLong();

  private final AtomicLong guessesTold = new AtomicLong();

  /** Counts changes to customers, so that nothing read before one is cached after it. */
  private final AtomicLong changes = new AtomicLong();

  Callers(
      KeyFormat format,
      Customers customers,
      Subscriptions subscriptions,
      @Nullable String defaultTier,
      Duration fresh) {
    this.format = format;
    this.customers = customers;
    this.subscriptions = subscriptions;
    this.defaultTier = defaultTier;
    this.freshNanos = fresh.toNanos();
    this.refusals = Caffeine.newBuilder().maximumSize(MOST_MISSES).expireAfterWrite(fresh).build();
  }

  /**
   * Finds out who is calling.
   *
   * @param offer what the caller's plan is to be of: that which the call was matched in
   */
  Identification identify(Credential credential, String address, Offer offer, long now) {
    if (credential instanceof Credential.Key key) {
      return byKey(key.presented(), address, offer, now);
    }
    if (credential instanceof Credential.KnownCustomer customer) {
      Caller caller = known.getIfPresent(customer);
      return caller != null
          ? current(caller, customer, customer, offer, now)
          : first(customer, customer, offer, now);
    }
    if (credential instanceof Credential.Ambiguous ambiguous) {
      return Denied.because(Reason.AMBIGUOUS_CREDENTIAL, ambiguous.detail());
    }
    return Denied.because(Reason.NO_CREDENTIAL, "This endpoint needs an API key.");
  }

  /** Drops what is cached of a customer, and all refusals: a key may just have been issued. */
  void forget(String customer) {
    changes.incrementAndGet();
    known.asMap().values().removeIf(caller -> caller.customer().equals(customer));
    refusals.invalidateAll();
  }

  @Override
  public void changed(String customer) {
    forget(customer);
  }

  /** Has everybody looked up by the next call; whom that fails for goes on being served. */
  @Override
  public void missed() {
    changes.incrementAndGet();
    known.asMap().replaceAll((as, caller) -> caller.until(Long.MIN_VALUE));
    refusals.invalidateAll();
  }

  /** Drops all refusals: other tiers may have come into force. */
  void forgetRefusals() {
    changes.incrementAndGet();
    refusals.invalidateAll();
  }

  private Identification byKey(String key, String address, Offer offer, long now) {
    Caller caller = KeyDigest.lookUp(key, findKnown);
    if (caller != null) {
      return caller.holds(offer, now)
          ? caller
          : current(caller, KeyDigest.of(key), Credential.key(key), offer, now);
    }
    return format.recognizes(key)
        ? byNewKey(KeyDigest.of(key), Credential.key(key), address, offer, now)
        : unknownKey();
  }

  private Identification byNewKey(
      KeyDigest digest, Credential key, String address, Offer offer, long now) {
    Denied refusal = refusals.getIfPresent(digest);
    if (refusal != null) {
      return refusal;
    }
    long wait = isBounded(address) ? unknown.take(address, now) : 0;
    if (wait > 0) {
      warnOfGuesses(address, now);
      return Denied.retryAfter(
          Reason.TOO_MANY_UNKNOWN_KEYS, "Too many unknown keys from this address.", wait);
    }
    Identification found = first(digest, key, offer, now);
    boolean isGuess = found instanceof Denied denied && denied.reason() == Reason.UNKNOWN_KEY;
    if (!isGuess && isBounded(address)) {
      unknown.found(address);
    }
    return found;
  }

  /** Whether look-ups are dear enough to be bounded: not those in our own memory. */
  private boolean isBounded(String address) {
    return !address.isEmpty() && !(customers instanceof AccountFile);
  }

  /** Looks a caller up that is not known, unless it was refused just before. */
  private Identification first(Object as, Credential credential, Offer offer, long now) {
    Denied refusal = refusals.getIfPresent(as);
    if (refusal != null) {
      return refusal;
    }
    long before = changes.get();
    Identification found = load(as, credential, offer, now);
    if (found instanceof Denied denied && isLasting(denied.reason())) {
      refusals.put(as, denied);
      if (changes.get() != before) {
        refusals.invalidate(as);
      }
    }
    return found;
  }

  private static boolean isLasting(Reason reason) {
    return reason == Reason.UNKNOWN_KEY
        || reason == Reason.NO_SUBSCRIPTION
        || reason == Reason.NOT_CONFIGURED;
  }

  /** A cached caller, looked up again if it has not been for long, in the catalog of now. */
  private Identification current(
      Caller cached, Object as, Credential credential, Offer offer, long now) {
    if (cached.fresh(now)) {
      return checked(cached, as, offer, now);
    }
    Caller meanwhile = cached.until(now + FAILED_NANOS);
    if (!known.asMap().replace(as, cached, meanwhile)) {
      return checked(cached, as, offer, now);
    }
    Identification loaded = load(as, credential, offer, now);
    if (loaded instanceof Denied denied) {
      if (denied.reason() == Reason.IDENTITY_UNAVAILABLE) {
        return checked(meanwhile, as, offer, now);
      }
      known.invalidate(as);
    }
    return loaded;
  }

  private Identification checked(Caller caller, Object as, Offer offer, long now) {
    if (caller.expired(now)) {
      return Denied.of(
          Reason.KEY_EXPIRED, "This key is no longer valid: it expired or was revoked.", caller);
    }
    if (caller.plan().offer() == offer) {
      return caller;
    }
    Identification moved = planned(offer, caller.subscription(), caller::in);
    if (moved instanceof Caller next) {
      known.asMap().replace(as, caller, next);
    }
    return moved;
  }

  private Identification load(Object as, Credential credential, Offer offer, long now) {
    long before = changes.get();
    Optional<KeyOwner> owner;
    Optional<Subscription> subscription;
    try {
      owner = owner(credential);
      subscription = owner.flatMap(one -> subscription(one.customer()));
    } catch (RuntimeException e) {
      logFailure(e, now);
      return Denied.because(
          Reason.IDENTITY_UNAVAILABLE, "The key could not be checked just now; try again.");
    }
    if (owner.isEmpty()) {
      return unknownKey();
    }
    if (subscription.isEmpty()) {
      log.warn("customer {} has no subscription: call refused", owner.get().customer());
      return Denied.because(Reason.NO_SUBSCRIPTION, "This key's customer has no subscription.");
    }
    KeyOwner one = owner.get();
    Subscription has = subscription.get();
    Identification answer =
        planned(offer, has, plan -> new Caller(one, has, plan, now + freshNanos));
    if (answer instanceof Caller caller) {
      remember(as, caller, before);
      return checked(caller, as, offer, now);
    }
    return answer;
  }

  private Optional<Subscription> subscription(String customer) {
    Optional<Subscription> own = subscriptions.find(customer);
    return own.isPresent() || defaultTier == null
        ? own
        : Optional.of(Subscription.to(defaultTier, customer));
  }

  /** Caches a caller, unless something was changed while it was being looked up. */
  private void remember(Object as, Caller caller, long before) {
    known.put(as, caller);
    if (changes.get() != before) {
      known.invalidate(as);
    }
  }

  private Optional<KeyOwner> owner(Credential credential) {
    if (credential instanceof Credential.KnownCustomer customer) {
      return Optional.of(new KeyOwner(customer.id(), customer.key(), null));
    }
    return credential instanceof Credential.Key key ? owner(key) : Optional.empty();
  }

  private Optional<KeyOwner> owner(Credential.Key key) {
    Optional<KeyOwner> owner = customers.find(format.hash(key.presented()));
    if (owner.isPresent()) {
      return owner;
    }
    for (KeyHash older : format.olderHashes(key.presented())) {
      owner = customers.find(older);
      if (owner.isPresent()) {
        return owner;
      }
    }
    return owner;
  }

  private Identification planned(
      Offer offer, Subscription subscription, Function<Plan, Caller> caller) {
    try {
      return caller.apply(offer.plan(subscription));
    } catch (IllegalArgumentException e) {
      log.error(
          "customer {} cannot be served, its subscription is no good: {}",
          subscription.customer(),
          e.getMessage());
      return notConfigured();
    }
  }

  static Denied notConfigured() {
    return Denied.because(
        Reason.NOT_CONFIGURED, "This customer's limits have not been set up yet; contact support.");
  }

  private static Denied unknownKey() {
    return Denied.because(Reason.UNKNOWN_KEY, "This API key is not known.");
  }

  private void warnOfGuesses(String address, long now) {
    if (isDue(guessesTold, now)) {
      log.warn(
          "too many unknown keys from {}: refused. Where that is a proxy of your own, trust it"
              + " (MonetizeFilter.trustProxies), so that its clients are told apart",
          address);
    }
  }

  private void logFailure(RuntimeException e, long now) {
    if (isDue(failureTold, now)) {
      log.warn(
          "customers could not be looked up; callers already known are still served, others are"
              + " refused until it succeeds. There is one such line a minute",
          e);
    }
  }

  private static boolean isDue(AtomicLong told, long now) {
    long last = told.get();
    return now - last > TOLD_AGAIN_NANOS && told.compareAndSet(last, now);
  }
}
