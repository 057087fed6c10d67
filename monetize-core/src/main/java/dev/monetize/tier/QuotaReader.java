// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.limit.Scope;
import dev.monetize.quota.PastQuota;
import dev.monetize.quota.QuotaPeriod;
import dev.monetize.quota.QuotaPeriod.Start;
import dev.monetize.quota.QuotaPeriod.Unit;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads quotas, and what happens past them. */
final class QuotaReader {

  private static final List<String> QUOTA =
      List.of("included", "starts", "time_zone", "per", "past_quota", "shadow");
  private static final String PAST =
      "expected block, bill, {bill: {cap: <units>}} or {throttle: <rate>}";

  private final ZoneId zone;

  /**
   * @param zone of quotas that name none
   */
  QuotaReader(ZoneId zone) {
    this.zone = zone;
  }

  /** Reads {@code 1000/month}, {@code custom}, a map, or a list of those but custom. */
  List<Setting<QuotaTerm>> quotas(String meter, Property property) {
    List<Setting<QuotaTerm>> quotas = new ArrayList<>();
    for (Property item : property.items()) {
      quota(meter, item).ifPresent(quotas::add);
    }
    if (property.isList() && quotas.stream().anyMatch(quota -> !quota.set())) {
      property.refused("custom must stand alone, not in a list");
    }
    return quotas;
  }

  private Optional<Setting<QuotaTerm>> quota(String meter, Property property) {
    if (property.isScalar()) {
      return allowance(template(meter, zone), property);
    }
    Optional<Section> read = property.section(QUOTA);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    Section section = read.get();
    Start start =
        section.inner("starts").flatMap(p -> p.read(QuotaReader::start)).orElse(Start.SUBSCRIPTION);
    ZoneId own = section.inner("time_zone").flatMap(p -> p.read(QuotaReader::zone)).orElse(zone);
    Optional<PastQuota> past = section.inner("past_quota").flatMap(QuotaReader::past);
    QuotaTerm template =
        new QuotaTerm(
            meter,
            1,
            new QuotaPeriod(1, Unit.MONTH, start, own),
            past.orElse(null),
            LimitReader.scope(section),
            LimitReader.shadow(section));
    Optional<Property> included = section.inner("included");
    return included.isPresent()
        ? allowance(template, included.get())
        : property.refused("expected included, such as {included: 1000/month}");
  }

  /** A quota with nothing special, to put an allowance into. */
  static QuotaTerm template(String meter, ZoneId zone) {
    QuotaPeriod period = new QuotaPeriod(1, Unit.MONTH, Start.SUBSCRIPTION, zone);
    return new QuotaTerm(meter, 1, period, null, Scope.CUSTOMER, /* shadow= */ false);
  }

  private static Optional<Setting<QuotaTerm>> allowance(QuotaTerm template, Property property) {
    return property.isCustom()
        ? Optional.of(Setting.custom(template))
        : property.read(Allowance::read).map(read -> Setting.of(template.allowing(read)));
  }

  /** Reads {@code block}, {@code bill} or a map. */
  static Optional<PastQuota> past(Property property) {
    if (property.isScalar()) {
      return property.read(QuotaReader::past);
    }
    Optional<Section> section = property.section(List.of("bill", "throttle"));
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> bill = section.get().inner("bill");
    Optional<Property> throttle = section.get().inner("throttle");
    if (bill.isPresent() == throttle.isPresent()) {
      return property.refused(PAST);
    }
    return bill.isPresent() ? bill(bill.get()) : throttle(throttle.get());
  }

  private static PastQuota past(String text) {
    if (text.equals("block")) {
      return new PastQuota.Block();
    }
    if (text.equals("bill")) {
      return new PastQuota.Bill(OptionalLong.empty());
    }
    throw new IllegalArgumentException(PAST);
  }

  private static Optional<PastQuota> bill(Property property) {
    Optional<Section> section = property.section(List.of("cap"));
    if (section.isEmpty()) {
      return Optional.empty();
    }
    Optional<Property> cap = section.get().inner("cap");
    return cap.isPresent()
        ? cap.get().read(Numbers::read).map(most -> new PastQuota.Bill(OptionalLong.of(most)))
        : property.refused("expected cap, such as {cap: 200000}");
  }

  private static Optional<PastQuota> throttle(Property property) {
    return RateReader.read("throttle", property)
        .flatMap(
            rate ->
                property.isScalar() && rate.set()
                    ? Optional.of(
                        new PastQuota.Throttle(rate.value().permits(), rate.value().period()))
                    : property.refused("expected <calls>/<s|min|hour|day> such as 5/min"));
  }

  private static Start start(String text) {
    if (text.equals("subscription") || text.equals("calendar")) {
      return text.equals("calendar") ? Start.CALENDAR : Start.SUBSCRIPTION;
    }
    throw new IllegalArgumentException("expected subscription or calendar");
  }

  static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("expected a time zone such as UTC or Europe/Paris", e);
    }
  }
}
