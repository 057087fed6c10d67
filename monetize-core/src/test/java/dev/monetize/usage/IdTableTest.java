// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class IdTableTest {

  private static final long SEED = Long.getLong("monetize.seed", System.nanoTime());

  private record Id(long high, long low) {}

  /** How ids are spread over places and tags. */
  static Stream<Arguments> spreads() {
    return Stream.of(
        spread("evenly", low -> low),
        spread("all at one place", low -> low & 0xffffffffL),
        spread("at the last places", low -> low | 0xffffff0000000000L),
        spread("with one tag", low -> low & ~0x7fL),
        spread("with tags one apart", low -> low & ~0x7eL));
  }

  private static Arguments spread(String name, LongUnaryOperator of) {
    return Arguments.of(name, of);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("spreads")
  void table_isAMap(String name, LongUnaryOperator spread) throws IOException {
    System.out.println("IdTableTest " + name + ": -Dmonetize.seed=" + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    IdTable table = new IdTable();
    Map<Id, Integer> model = new HashMap<>();
    for (int i = 0; i < 3000; i++) {
      Id id = new Id(random.nextInt(3), spread.applyAsLong(random.nextLong()));
      Id known = model.isEmpty() || random.nextInt(4) > 0 ? id : model.keySet().iterator().next();
      int check = random.nextInt();
      assertThat(found(table, known)).isEqualTo(model.get(known));

      table.add(known.high, known.low, check);
      model.putIfAbsent(known, check);

      assertThat(found(table, known)).isEqualTo(model.get(known));
      assertThat(table.size()).isEqualTo(model.size());
    }
    model.forEach((id, check) -> assertThat(found(table, id)).isEqualTo(check));
    assertThat(sorted(table)).isEqualTo(sorted(model));
  }

  @Test
  void bytes_areAtMost31OfEach() {
    SplittableRandom random = new SplittableRandom(SEED);
    IdTable table = new IdTable();
    double most = 0;
    for (int i = 1; i <= 100_000; i++) {
      table.add(random.nextLong(), random.nextLong(), 0);
      most = i < 1000 ? 0 : Math.max(most, (double) table.bytes() / i);
    }
    assertThat(most).isBetween(30.0, 31.0);
  }

  private static Integer found(IdTable table, Id id) {
    long check = table.find(id.high, id.low);
    return check < 0 ? null : Integer.valueOf((int) check);
  }

  private static List<String> sorted(IdTable table) throws IOException {
    List<String> all = new ArrayList<>();
    table.forEachSorted((high, low, check) -> all.add(new Id(high, low) + "=" + check));
    return all;
  }

  private static List<String> sorted(Map<Id, Integer> model) {
    Comparator<Map.Entry<Id, Integer>> byHigh =
        (a, b) -> Long.compareUnsigned(a.getKey().high, b.getKey().high);
    return model.entrySet().stream()
        .sorted(
            byHigh.thenComparing((a, b) -> Long.compareUnsigned(a.getKey().low, b.getKey().low)))
        .map(one -> one.getKey() + "=" + one.getValue())
        .toList();
  }
}
