// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.billing.Meter;
import com.stripe.model.billing.MeterEventSummary;
import com.stripe.param.billing.MeterCreateParams.DefaultAggregation.Formula;
import com.stripe.param.billing.MeterCreateParams.EventTimeWindow;
import com.stripe.param.billing.MeterEventAdjustmentCreateParams;
import com.stripe.param.billing.MeterEventCreateParams;
import com.stripe.param.billing.MeterEventSummaryListParams;
import com.stripe.param.billing.MeterEventSummaryListParams.ValueGroupingWindow;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which meter events count, and which are refused. */
class MeterRulesTest {

  private final Shop shop = new Shop();
  private Customer customer;
  private Meter meter;

  @BeforeEach
  void open() throws StripeException {
    customer = shop.customer();
    meter = shop.meter("calls");
  }

  @AfterEach
  void close() {
    shop.close();
  }

  private BigDecimal counted() {
    return shop.stripe.usage(customer.getId(), "calls");
  }

  @Test
  void identifier_isRefusedForADay_andThenCountsAgain() throws Exception {
    shop.use(customer, "calls", 5, each -> each.setIdentifier("a"));
    shop.later(Duration.ofHours(24).minusSeconds(1));
    InvalidRequestException again =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> shop.use(customer, "calls", 5, each -> each.setIdentifier("a")));
    assertThat(again).hasMessageContaining("An event already exists with identifier a.");
    assertThat(again.getStatusCode()).isEqualTo(400);
    assertThat(again.getCode()).isNull();
    assertThat(counted()).isEqualByComparingTo("5");

    shop.later(Duration.ofSeconds(1));
    shop.use(customer, "calls", 5, each -> each.setIdentifier("a"));
    assertThat(counted()).isEqualByComparingTo("10");
  }

  @Test
  void identifier_withAnotherValue_keepsTheFirst() throws Exception {
    shop.use(customer, "calls", 5, each -> each.setIdentifier("a"));
    assertThatThrownBy(() -> shop.use(customer, "calls", 9, each -> each.setIdentifier("a")))
        .hasMessageContaining("already exists");
    assertThat(counted()).isEqualByComparingTo("5");
  }

  @Test
  void identifier_mayHave100Characters() throws Exception {
    shop.use(customer, "calls", 1, each -> each.setIdentifier("x".repeat(100)));
    assertThatThrownBy(
            () -> shop.use(customer, "calls", 1, each -> each.setIdentifier("x".repeat(101))))
        .hasMessageContaining("at most 100 characters");
  }

  @Test
  void event_withoutIdentifier_getsOne() throws Exception {
    assertThat(shop.use(customer, "calls", 1).getIdentifier()).hasSizeGreaterThan(20);
  }

  @Test
  void timestamp_isFrom35DaysAgoUntil5MinutesAhead() throws Exception {
    long now = Shop.START.getEpochSecond();
    long oldest = now - Duration.ofDays(35).toSeconds();
    long newest = now + Duration.ofMinutes(5).toSeconds();
    shop.use(customer, "calls", 1, each -> each.setTimestamp(oldest));
    shop.use(customer, "calls", 1, each -> each.setTimestamp(newest));
    InvalidRequestException past =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> shop.use(customer, "calls", 1, each -> each.setTimestamp(oldest - 1)));
    InvalidRequestException future =
        catchThrowableOfType(
            InvalidRequestException.class,
            () -> shop.use(customer, "calls", 1, each -> each.setTimestamp(newest + 1)));
    assertThat(past.getCode()).isEqualTo("timestamp_too_far_in_past");
    assertThat(future.getCode()).isEqualTo("timestamp_in_future");
    assertThat(counted()).isEqualByComparingTo("2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "many", "1e3", ""})
  void value_thatIsNoWholeNumber_isAcceptedAndDoesNotCount(String value) throws Exception {
    shop.use(customer, "calls", value, each -> each);
    assertThat(counted()).isEqualByComparingTo("0");
  }

  @Test
  void value_mayBeNegative() throws Exception {
    shop.use(customer, "calls", 5);
    shop.use(customer, "calls", -7);
    assertThat(counted()).isEqualByComparingTo("-2");
  }

  @Test
  void cancelledEvent_doesNotCount() throws Exception {
    shop.use(customer, "calls", 5, each -> each.setIdentifier("a"));
    shop.later(Duration.ofHours(23));
    assertThat(cancel("a")).isEqualTo("pending");
    assertThat(counted()).isEqualByComparingTo("0");
  }

  @Test
  void event_canBeCancelledForADayOnly() throws Exception {
    shop.use(customer, "calls", 5, each -> each.setIdentifier("a"));
    shop.later(Duration.ofHours(24));
    assertThatThrownBy(() -> cancel("a")).isInstanceOf(InvalidRequestException.class);
    assertThat(counted()).isEqualByComparingTo("5");
  }

  private String cancel(String identifier) throws StripeException {
    return shop.client
        .v1()
        .billing()
        .meterEventAdjustments()
        .create(
            MeterEventAdjustmentCreateParams.builder()
                .setEventName("calls")
                .setType(MeterEventAdjustmentCreateParams.Type.CANCEL)
                .setCancel(
                    MeterEventAdjustmentCreateParams.Cancel.builder()
                        .setIdentifier(identifier)
                        .build())
                .build())
        .getStatus();
  }

  @Test
  void summary_lags() throws Exception {
    shop.use(customer, "calls", 5);
    assertThat(summaries(null)).isEmpty();
    shop.later(Duration.ofSeconds(4));
    assertThat(summaries(null)).isEmpty();
    shop.later(Duration.ofSeconds(1));
    assertThat(summaries(null)).singleElement().isEqualTo(new BigDecimal("5"));
  }

  @Test
  void summaries_areByHour_newestFirst() throws Exception {
    shop.use(customer, "calls", 5, at("2026-03-10T09:59:59Z"));
    shop.use(customer, "calls", 7, at("2026-03-10T10:00:00Z"));
    shop.use(customer, "calls", 1, at("2026-03-10T10:59:59Z"));
    shop.later(Duration.ofMinutes(1));
    assertThat(summaries(ValueGroupingWindow.HOUR))
        .containsExactly(new BigDecimal("8"), new BigDecimal("5"));
    assertThat(summaries(null)).containsExactly(new BigDecimal("13"));
  }

  private static UnaryOperator<MeterEventCreateParams.Builder> at(String instant) {
    return each -> each.setTimestamp(Instant.parse(instant).getEpochSecond());
  }

  private List<BigDecimal> summaries(ValueGroupingWindow window) throws StripeException {
    return summaries("2026-03-10T00:00:00Z", window);
  }

  private List<BigDecimal> summaries(String start, ValueGroupingWindow window)
      throws StripeException {
    MeterEventSummaryListParams.Builder params =
        MeterEventSummaryListParams.builder()
            .setCustomer(customer.getId())
            .setStartTime(Instant.parse(start).getEpochSecond())
            .setEndTime(Instant.parse("2026-03-11T00:00:00Z").getEpochSecond());
    if (window != null) {
      params.setValueGroupingWindow(window);
    }
    return shop
        .client
        .v1()
        .billing()
        .meters()
        .eventSummaries()
        .list(meter.getId(), params.build())
        .getData()
        .stream()
        .map(MeterEventSummary::getAggregatedValue)
        .toList();
  }

  @Test
  void summaries_areAskedForByTheMinute_andByTheHourWhereTheyAreGrouped() {
    assertThatThrownBy(() -> summaries("2026-03-10T00:00:30Z", null))
        .hasMessageContaining("`start_time` must be aligned with minute boundaries");
    assertThatThrownBy(() -> summaries("2026-03-10T00:30:00Z", ValueGroupingWindow.HOUR))
        .hasMessageContaining("`start_time` must be aligned with hour boundaries");
    assertThatThrownBy(() -> summaries("2026-03-10T01:00:00Z", ValueGroupingWindow.DAY))
        .hasMessageContaining("`start_time` must be aligned with day boundaries");
  }

  @Test
  void preaggregatedMeter_countsTheEventReceivedLastOfEachHour() throws Exception {
    shop.meter("hourly", Formula.SUM, EventTimeWindow.HOUR);
    shop.use(customer, "hourly", 10, at("2026-03-10T10:50:00Z"));
    shop.use(customer, "hourly", 4, at("2026-03-10T10:10:00Z")); // older, but received later
    shop.use(customer, "hourly", 3, at("2026-03-10T11:00:00Z"));
    assertThat(shop.stripe.usage(customer.getId(), "hourly")).isEqualByComparingTo("7");
  }

  @Test
  void meters_countAndTakeTheLast() throws Exception {
    shop.meter("count", Formula.COUNT, null);
    shop.meter("last", Formula.LAST, null);
    for (String meterName : List.of("count", "last")) {
      shop.use(customer, meterName, 10, at("2026-03-10T10:50:00Z"));
      shop.use(customer, meterName, 4, at("2026-03-10T10:10:00Z"));
    }
    assertThat(shop.stripe.usage(customer.getId(), "count")).isEqualByComparingTo("2");
    assertThat(shop.stripe.usage(customer.getId(), "last")).isEqualByComparingTo("10");
  }

  @Test
  void meter_thatIsInactive_takesEventsThatDoNotCount() throws Exception {
    shop.use(customer, "calls", 1);
    shop.client.v1().billing().meters().deactivate(meter.getId());
    shop.use(customer, "calls", 1);
    shop.client.v1().billing().meters().reactivate(meter.getId());
    assertThat(counted()).isEqualByComparingTo("1");
  }

  @Test
  void meter_hasAnEventNameOfItsOwn() {
    assertThatThrownBy(() -> shop.meter("calls"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("already exists with event name `calls`");
  }

  @Test
  void customer_thatIsDeleted_isNotCountedFor() throws Exception {
    shop.client.v1().customers().delete(customer.getId());
    shop.use(customer, "calls", 1, each -> each.setIdentifier(UUID.randomUUID().toString()));
    assertThat(counted()).isEqualByComparingTo("0");
  }
}
