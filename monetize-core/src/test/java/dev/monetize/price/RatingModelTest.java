// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.price;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.price.Price.Band;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random prices and usage against an oracle that walks from unit to unit in decimals. */
class RatingModelTest {

  private static final int CASES = 100_000;
  private static final int MOST_UNITS = 400;

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @Test
  void line_equalsAWalkFromUnitToUnit() {
    for (int i = 0; i < CASES; i++) {
      Price price = random.nextInt(4) == 0 ? hybrid() : unitPrice(currency());
      long units = random.nextInt(MOST_UNITS);
      BigDecimal oracle = walk(price, units);
      RatedLine line = Rating.line("m", price, units);
      String step = "seed %d, step %d: %d units at %s".formatted(seed, i, units, price);

      assertThat(line.exact().amount()).as(step).isEqualByComparingTo(round(oracle, Money.SCALE));
      assertThat(line.amount().amount())
          .as(step)
          .isEqualByComparingTo(rounded(price, units, oracle));
      assertThat(line.parts().stream().mapToLong(RatedLine.Part::units).sum())
          .as(step)
          .isEqualTo(line.billableUnits());
      assertThat(
              line.parts().stream()
                  .map(part -> part.amount().amount())
                  .reduce(BigDecimal.ZERO, BigDecimal::add))
          .as(step)
          .isEqualByComparingTo(line.exact().amount());
    }
  }

  @Test
  void spansOfACount_comeToTheWhole_whereverItIsDivided() {
    for (int i = 0; i < CASES; i++) {
      Price price = unitPrice(currency());
      long units = random.nextInt(MOST_UNITS);
      List<Span> first = new ArrayList<>();
      List<Span> second = new ArrayList<>();
      for (long from = 0; from < units; ) {
        long to = from + 1 + random.nextLong(units - from);
        (random.nextBoolean() ? first : second).add(new Span(from, to));
        from = to;
      }
      Money whole = Rating.line("m", price, units).exact();
      Money one = Rating.line("m", price, units, first).exact();
      Money two = Rating.line("m", price, units, second).exact();

      assertThat(Math.abs(one.plus(two).nanos() - whole.nanos()))
          .as("seed %d, step %d: %d units at %s", seed, i, units, price)
          .isLessThanOrEqualTo(price instanceof Price.PerSecond ? 1 : 0);
    }
  }

  private BigDecimal walk(Price price, long units) {
    BigDecimal sum = BigDecimal.ZERO;
    int paid = -1;
    if (price instanceof Price.IncludedThenOverage hybrid) {
      return walk(hybrid.overage(), Math.max(0, units - hybrid.included()));
    }
    for (long unit = 1; unit <= units; unit++) {
      if (price instanceof Price.PerUnit each) {
        sum = sum.add(each.each().amount());
      } else if (price instanceof Price.PerSecond second) {
        sum = sum.add(second.each().amount());
      } else if (price instanceof Price.PerPackage pack && (unit - 1) % pack.size() == 0) {
        sum = sum.add(pack.each().amount());
      } else if (price instanceof Price.Tiered tiered) {
        boolean volume = tiered.mode() == Price.Tiered.Mode.VOLUME;
        int band = band(tiered, volume ? units : unit);
        sum = sum.add(tiered.bands().get(band).each().amount());
        sum = band == paid ? sum : sum.add(tiered.bands().get(band).flat().amount());
        paid = band;
      }
    }
    return price instanceof Price.PerSecond second
        ? sum.divide(BigDecimal.valueOf(second.unitsPerSecond()), 40, RoundingMode.DOWN)
        : sum;
  }

  /** On bills, each band is a line, and its flat amount another. */
  private static BigDecimal rounded(Price price, long units, BigDecimal exact) {
    int decimals = price.currency().getDefaultFractionDigits();
    Price unit = price instanceof Price.IncludedThenOverage hybrid ? hybrid.overage() : price;
    if (!(unit instanceof Price.Tiered tiered)) {
      return round(exact, decimals);
    }
    long paid = Rating.billable(price, units);
    long[] in = new long[tiered.bands().size()];
    for (long one = 1; one <= paid; one++) {
      in[band(tiered, tiered.mode() == Price.Tiered.Mode.VOLUME ? paid : one)]++;
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < in.length; i++) {
      Band band = tiered.bands().get(i);
      sum = sum.add(round(band.each().amount().multiply(BigDecimal.valueOf(in[i])), decimals));
      sum = in[i] == 0 ? sum : sum.add(round(band.flat().amount(), decimals));
    }
    return sum;
  }

  private static int band(Price.Tiered price, long unit) {
    int band = 0;
    while (unit > price.bands().get(band).upTo()) {
      band++;
    }
    return band;
  }

  /** Half-up; what was cut after 40 decimals cannot make a difference to what is a half. */
  private static BigDecimal round(BigDecimal exact, int decimals) {
    return exact.setScale(decimals, RoundingMode.HALF_UP);
  }

  private Price hybrid() {
    return new Price.IncludedThenOverage(random.nextInt(MOST_UNITS), unitPrice(currency()));
  }

  private Price unitPrice(Currency currency) {
    return switch (random.nextInt(5)) {
      case 0 -> Price.perUnit(money(currency));
      case 1 -> new Price.PerSecond(money(currency), 1 + random.nextInt(5000));
      case 2 -> Price.perPackage(money(currency), 1 + random.nextInt(60));
      default -> {
        Band[] bands = bands(currency);
        yield random.nextBoolean() ? Price.graduated(bands) : Price.volume(bands);
      }
    };
  }

  private Band[] bands(Currency currency) {
    Band[] bands = new Band[1 + random.nextInt(5)];
    long upTo = 0;
    for (int i = 0; i < bands.length; i++) {
      upTo = i == bands.length - 1 ? Band.NO_END : upTo + 1 + random.nextInt(120);
      Money flat = random.nextBoolean() ? Money.zero(currency) : money(currency);
      bands[i] = new Band(upTo, money(currency), flat);
    }
    return bands;
  }

  /** Of all sizes, and often such that a sum falls on a half. */
  private Money money(Currency currency) {
    long nanos = random.nextLong(1L << (1 + random.nextInt(40)));
    return new Money(random.nextBoolean() ? nanos : nanos / 5_000_000 * 5_000_000, currency);
  }

  private Currency currency() {
    String[] codes = {"USD", "JPY", "KWD", "EUR"};
    return Currency.getInstance(codes[random.nextInt(codes.length)]);
  }
}
