// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.identity.KeyOwner;
import dev.monetize.identity.Subscription;
import dev.monetize.limit.Subject;
import dev.monetize.tier.Tier;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling: a customer, the key it called with, and what it has subscribed to. A snapshot of
 * some seconds at most; a change made through {@link Accounts} is seen by the next call.
 */
public final class Caller implements Identification {

  private final Subject subject;
  private final long validUntilNanos;
  private final Subscription subscription;
  private final Plan plan;
  private final long freshUntilNanos;
  private boolean complained;

  Caller(KeyOwner owner, Subscription subscription, Plan plan, long freshUntilNanos) {
    this.subject = new Subject(owner.customer(), owner.key());
    this.validUntilNanos = nanos(owner);
    this.subscription = subscription;
    this.plan = plan;
    this.freshUntilNanos = freshUntilNanos;
  }

  private Caller(Caller other, Plan plan, long freshUntilNanos) {
    this.subject = other.subject;
    this.validUntilNanos = other.validUntilNanos;
    this.subscription = other.subscription;
    this.plan = plan;
    this.freshUntilNanos = freshUntilNanos;
  }

  private static long nanos(KeyOwner owner) {
    return owner.validUntil() == null ? Long.MAX_VALUE : Time.nanos(owner.validUntil());
  }

  /** The customer's id. */
  public String customer() {
    return subject.customer();
  }

  /** The key's id. */
  public String key() {
    return subject.key();
  }

  /** The customer's tier, with values of its own where it has any. */
  public Tier tier() {
    return plan.tier();
  }

  /** What the customer has subscribed to. */
  public Subscription subscription() {
    return subscription;
  }

  /**
   * A feature of the tier.
   *
   * @return a boolean, a whole number or a text; null where the tier has no such feature
   */
  public @Nullable Object feature(String name) {
    return tier().features().get(name);
  }

  /** Whether a feature of the tier is on: there, and not {@code false}. */
  public boolean has(String feature) {
    Object value = feature(feature);
    return value != null && !Boolean.FALSE.equals(value);
  }

  Subject subject() {
    return subject;
  }

  Plan plan() {
    return plan;
  }

  boolean expired(long now) {
    return now >= validUntilNanos;
  }

  boolean fresh(long now) {
    return now < freshUntilNanos;
  }

  /** Whether it can be taken as it is: nothing of it has run out or been replaced. */
  boolean holds(Offer offer, long now) {
    return fresh(now) && !expired(now) && plan.offer() == offer;
  }

  Caller in(Plan next) {
    return new Caller(this, next, freshUntilNanos);
  }

  /**
   * Whether it is the first time that something is amiss with this caller, so that it is logged.
   */
  synchronized boolean complains() {
    boolean first = !complained;
    complained = true;
    return first;
  }

  Caller until(long freshUntil) {
    return new Caller(this, plan, freshUntil);
  }

  @Override
  public String toString() {
    return "Caller[" + customer() + ", " + key() + ", " + tier().name() + "]";
  }
}
