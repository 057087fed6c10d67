// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.limit.Decision;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A refused call. It was charged nowhere and is counted nowhere. Immutable. */
public final class Denied implements Admission, Identification {

  private final Reason reason;
  private final String detail;
  private final @Nullable Caller caller;
  private final Decision.@Nullable Refused decision;
  private final List<String> tiers;
  private final long retryAfterNanos;
  private final long decidedNanos;

  private Denied(
      Reason reason,
      String detail,
      @Nullable Caller caller,
      Decision.@Nullable Refused decision,
      List<String> tiers,
      long retryAfterNanos,
      long decidedNanos) {
    this.reason = Objects.requireNonNull(reason, "reason");
    this.detail = Objects.requireNonNull(detail, "detail");
    this.caller = caller;
    this.decision = decision;
    this.tiers = tiers;
    this.retryAfterNanos = retryAfterNanos;
    this.decidedNanos = decidedNanos;
  }

  /** A refusal without more to tell than a sentence. */
  public static Denied because(Reason reason, String detail) {
    return new Denied(reason, detail, null, null, List.of(), -1, 0);
  }

  static Denied of(Reason reason, String detail, Caller caller) {
    return new Denied(reason, detail, caller, null, List.of(), -1, 0);
  }

  static Denied retryAfter(Reason reason, String detail, long nanos) {
    return new Denied(reason, detail, null, null, List.of(), nanos, 0);
  }

  static Denied notInTier(String detail, Caller caller, List<String> tiers) {
    return new Denied(Reason.NOT_IN_TIER, detail, caller, null, List.copyOf(tiers), -1, 0);
  }

  static Denied byLimit(
      Reason reason, String detail, Caller caller, Decision.Refused decision, long now) {
    return new Denied(reason, detail, caller, decision, List.of(), decision.retryAfterNanos(), now);
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** Why, as a sentence for the caller of the API; holds no secret and nothing of the caller's. */
  public String detail() {
    return detail;
  }

  /** Who called, where that is known. */
  public Optional<Caller> caller() {
    return Optional.ofNullable(caller);
  }

  /** The limiter's decision, where a limit or quota refused. */
  public Optional<Decision.Refused> decision() {
    return Optional.ofNullable(decision);
  }

  /** When a limit or quota refused, in nanoseconds since the epoch: what its standing is of. */
  public long decidedNanos() {
    return decidedNanos;
  }

  /** The tiers that may make this call, lowest first, where the caller's may not. */
  public List<String> tiers() {
    return tiers;
  }

  /** Nanoseconds after which the same call is admitted; empty where waiting does not help. */
  public OptionalLong retryAfterNanos() {
    return retryAfterNanos < 0 || retryAfterNanos == Long.MAX_VALUE
        ? OptionalLong.empty()
        : OptionalLong.of(retryAfterNanos);
  }

  @Override
  public String toString() {
    return "Denied[" + reason.code() + ": " + detail + "]";
  }
}
