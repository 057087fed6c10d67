// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageHistoryTest {

  private static final long SEED = 1821;
  private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");
  private static final Instant EVER = Instant.MIN;
  private static final Instant NEVER = Instant.MAX;
  private static final Map<String, Aggregation> METERS = Map.of("tokens", Aggregation.MAX);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private final TestClock clock = new TestClock();
  private final Ledger ledger = new Ledger(clock, METERS);
  private FileUsageJournal journal;
  private UsageHistory history;

  @BeforeEach
  void open() throws IOException {
    journal = FileUsageJournal.openWith(directory, 16384, ledger::fold);
    history = new UsageHistory(clock, scan(), () -> Map.of("calls", Aggregation.SUM));
  }

  /** In blocks that are small, and begin and end within segments. */
  private JournalScan scan() {
    return new JournalScan(journal, 64);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private void append(UsageEvent event) {
    ledger.fold(journal.append(event), event);
  }

  private String export(String customer, Instant from, Instant to, ExportFormat format)
      throws IOException {
    StringBuilder text = new StringBuilder();
    long count = history.export(customer, from, to, format, text);
    long lines =
        format == ExportFormat.CSV ? csv(text.toString()).size() : text.toString().lines().count();
    assertThat(count).isEqualTo(lines);
    return text.toString();
  }

  /** A reader of RFC 4180 as naive as it can be: rows by the names of their columns. */
  private static List<Map<String, String>> csv(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        cell.append(c);
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\r')) {
        row.add(cell.toString());
        cell.setLength(0);
      } else if (!quoted && c == '\n') {
        rows.add(row);
        row = new ArrayList<>();
      } else {
        cell.append(c);
      }
    }
    assertThat(row).isEmpty();
    List<Map<String, String>> named = new ArrayList<>();
    for (List<String> values : rows.subList(1, rows.size())) {
      assertThat(values).hasSameSizeAs(rows.get(0));
      Map<String, String> columns = new LinkedHashMap<>();
      for (int i = 0; i < values.size(); i++) {
        columns.put(rows.get(0).get(i), values.get(i));
      }
      named.add(columns);
    }
    return named;
  }

  private static String unguarded(String cell) {
    return cell.startsWith("'") ? cell.substring(1) : cell;
  }

  private static String nasty(Random random) {
    String[] parts = {
      "=1+1", "+", "-2", "@", "'", "\"", ",", ";", "\r\n", "\t", "é", "𝄞", "a", " "
    };
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }

  private static UsageEvent randomEvent(Random random, long nanos) {
    List<Measure> measures = new ArrayList<>();
    for (String meter : List.of("calls", "tokens", "=meter\"")) {
      if (random.nextInt(3) > 0) {
        measures.add(new Measure(meter, random.nextInt(1000)));
      }
    }
    return new UsageEvent(
        nanos,
        nanos + random.nextInt(1_000_000_000),
        "c" + random.nextInt(3),
        nasty(random),
        nasty(random),
        nasty(random),
        200 + random.nextInt(300),
        random.nextBoolean(),
        measures,
        List.of(new QuotaWindow(nasty(random), "calls", random.nextBoolean(), nanos / 1000)));
  }

  private List<UsageEvent> randomHistory(int count) {
    Random random = new Random(SEED);
    List<UsageEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long late = random.nextInt(4) == 0 ? Duration.ofHours(5).toNanos() : 0;
      long nanos = Events.NOON + i * 60_000_000_123L - (long) (late * random.nextDouble());
      events.add(randomEvent(random, nanos));
      append(events.get(i));
    }
    return events;
  }

  @Test
  void csv_isTheDocumentedText() throws IOException {
    append(
        new UsageEvent(
            Events.NOON + 1,
            Events.NOON + 20_000_000,
            "acme",
            "=cmd|'/C calc'!A0",
            "pro, old",
            "/v1/{id}",
            200,
            false,
            List.of(new Measure("tokens", 812), new Measure("calls", 1)),
            List.of(new QuotaWindow("calls/day", "calls", false, 1_795_132_800L))));

    String id = journal.id() + ":1";
    assertThat(export("acme", EVER, NEVER, ExportFormat.CSV))
        .isEqualTo(
            "id,time,settled,customer,key,tier,endpoint,status,client_gone,meter:calls,"
                + "other_meters,windows\r\n"
                + id
                + ",2026-11-20T12:00:00.000000001Z,2026-11-20T12:00:00.020000000Z,acme,"
                + "\"'=cmd|'/C calc'!A0\",\"pro, old\",/v1/{id},200,false,1,"
                + "\"{\"\"tokens\"\":812}\",\"[{\"\"quota\"\":\"\"calls/day\"\",\"\"meter\"\":"
                + "\"\"calls\"\",\"\"perKey\"\":false,\"\"start\"\":\"\"2026-11-20T00:00:00Z\"\"}]\""
                + "\r\n");
  }

  @Test
  void jsonLine_isTheDocumentedText() throws IOException {
    append(Events.call("acme"));

    assertThat(export("acme", EVER, NEVER, ExportFormat.JSON_LINES))
        .isEqualTo(
            "{\"id\":\""
                + journal.id()
                + ":1\",\"time\":\"2026-11-20T12:00:00.000000000Z\","
                + "\"settled\":\"2026-11-20T12:00:00.001000000Z\",\"customer\":\"acme\","
                + "\"key\":\"key\",\"tier\":\"pro\",\"endpoint\":\"/v1/x\",\"status\":200,"
                + "\"clientGone\":false,\"meters\":{\"calls\":1},\"windows\":[]}\n");
  }

  @Test
  void noTextOfOthers_beginsAFormula_andEachComesBack() throws IOException {
    Map<String, UsageEvent> written = new TreeMap<>();
    List<UsageEvent> events = randomHistory(500);
    for (int i = 0; i < events.size(); i++) {
      written.put(journal.id() + ":" + (i + 1), events.get(i));
    }
    for (Map<String, String> row : csv(export("c1", EVER, NEVER, ExportFormat.CSV))) {
      UsageEvent event = written.get(row.get("id"));
      assertThat(row.values())
          .allMatch(cell -> cell.isEmpty() || "=+-@\t\r\n".indexOf(cell.charAt(0)) < 0);
      assertThat(unguarded(row.get("key"))).isEqualTo(event.key());
      assertThat(unguarded(row.get("tier"))).isEqualTo(event.tier());
      assertThat(unguarded(row.get("endpoint"))).isEqualTo(event.endpoint());
      assertThat(row.get("status")).isEqualTo("" + event.status());
      assertThat(row.get("client_gone")).isEqualTo("" + event.clientGone());
      assertThat(Instant.parse(row.get("time"))).isEqualTo(event.time());
      assertThat(Instant.parse(row.get("settled"))).isEqualTo(event.settled());
    }
  }

  @Test
  void sumsOfAnExport_areTheLedgersTotals() throws IOException {
    randomHistory(2000);
    for (int hour = -6; hour < 34; hour += 5) {
      Instant from = NOON.plus(Duration.ofHours(hour));
      Instant to = from.plus(Duration.ofHours(7));
      for (String customer : List.of("c0", "c1", "c2", "nobody")) {
        Map<String, Long> totals = ledger.totals(customer, from, to);
        assertThat(csvSums(export(customer, from, to, ExportFormat.CSV))).isEqualTo(totals);
        assertThat(jsonSums(export(customer, from, to, ExportFormat.JSON_LINES))).isEqualTo(totals);
      }
    }
  }

  private static Map<String, Long> csvSums(String csv) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    for (Map<String, String> row : csv(csv)) {
      if (!row.get("meter:calls").isEmpty()) {
        sums.merge("calls", Long.parseLong(row.get("meter:calls")), Long::sum);
      }
      if (!row.get("other_meters").isEmpty()) {
        add(sums, JSON.readTree(row.get("other_meters")));
      }
    }
    sums.values().removeIf(units -> units == 0);
    return sums;
  }

  private static Map<String, Long> jsonSums(String lines) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    for (String line : lines.lines().toList()) {
      add(sums, JSON.readTree(line).get("meters"));
    }
    sums.values().removeIf(units -> units == 0);
    return sums;
  }

  private static void add(Map<String, Long> sums, JsonNode meters) {
    meters.properties().forEach(m -> sums.merge(m.getKey(), m.getValue().asLong(), Long::sum));
  }

  @Test
  void period_beginsAtItsFirstNanosecond_andEndsBeforeItsLast() throws IOException {
    append(Events.call("acme", Events.NOON - 1));
    append(Events.call("acme", Events.NOON));
    append(Events.call("acme", Events.NOON + 999));
    append(Events.call("acme", Events.NOON + 1000));

    assertThat(csv(export("acme", NOON, NOON.plusNanos(1000), ExportFormat.CSV)))
        .extracting(row -> row.get("id"))
        .containsExactly(journal.id() + ":2", journal.id() + ":3");
    assertThat(csv(export("acme", EVER, NOON.minusNanos(1), ExportFormat.CSV))).isEmpty();
    assertThat(csv(export("acme", NOON, NOON, ExportFormat.CSV))).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> export("acme", NOON, NOON.minusNanos(1), ExportFormat.CSV));
  }

  @Test
  void blocksThatHoldNothingAsked_areLeftOut_withTheSameAnswer() throws IOException {
    randomHistory(3000);
    UsageHistory first = history;
    String all = export("c1", EVER, NEVER, ExportFormat.CSV);

    assertThat(first.summarized()).isGreaterThan(10);
    assertThat(export("c1", EVER, NEVER, ExportFormat.CSV)).isEqualTo(all);
    Instant from = NOON.plus(Duration.ofHours(8));
    Instant to = NOON.plus(Duration.ofHours(9));
    String known = export("c1", from, to, ExportFormat.CSV);
    history = new UsageHistory(clock, scan(), () -> Map.of("calls", Aggregation.SUM));
    assertThat(known).isEqualTo(export("c1", from, to, ExportFormat.CSV)).contains("T20:");

    JournalFiles files = JournalFiles.of(directory);
    byte[] zeros = files.bytes(0);
    Arrays.fill(zeros, Segment.HEADER, zeros.length, (byte) 0);
    files.write(0, zeros);
    history = first;
    assertThat(export("c1", from, to, ExportFormat.CSV)).isEqualTo(known);
  }

  @Test
  void totalsByKey_areThoseOfTheExport() throws IOException {
    randomHistory(1000);
    Instant to = NOON.plus(Duration.ofMinutes(333));
    Map<String, Map<String, Long>> expected = new TreeMap<>();
    for (String line : export("c1", NOON, to, ExportFormat.JSON_LINES).lines().toList()) {
      JsonNode event = JSON.readTree(line);
      add(
          expected.computeIfAbsent(event.get("key").asText(), key -> new TreeMap<>()),
          event.get("meters"));
    }

    assertThat(history.totals(UsageHistory.By.KEY, "c1", NOON, to)).isEqualTo(expected);
    assertThat(expected).hasSizeGreaterThan(20);
  }

  @Test
  void seriesByEndpoint_addUpToTheLedgers() throws IOException {
    randomHistory(2000);
    clock.advance(Duration.ofDays(3));
    UsageRange range =
        new UsageRange(
            NOON.minus(Duration.ofHours(6)),
            NOON.plus(Duration.ofDays(2)),
            Granularity.DAY,
            ZoneId.of("Asia/Kolkata"));
    for (Map.Entry<String, BinaryOperator<Long>> meter :
        Map.<String, BinaryOperator<Long>>of("calls", Long::sum, "tokens", Math::max).entrySet()) {
      history = new UsageHistory(clock, journal, () -> METERS);
      List<Long> units = new ArrayList<>(List.of(0L, 0L, 0L));
      history
          .series(UsageHistory.By.ENDPOINT, "c1", meter.getKey(), range)
          .values()
          .forEach(
              points -> {
                for (int i = 0; i < points.size(); i++) {
                  units.set(i, meter.getValue().apply(units.get(i), points.get(i).units()));
                }
              });
      assertThat(ledger.series("c1", meter.getKey(), range))
          .extracting(UsagePoint::units)
          .containsExactlyElementsOf(units)
          .allMatch(sum -> sum > 0);
    }
  }

  @Test
  void emptyJournal_hasNothing() throws IOException {
    assertThat(export("acme", EVER, NEVER, ExportFormat.JSON_LINES)).isEmpty();
  }

  @Test
  void reopenedJournal_exportsTheSame() throws IOException {
    randomHistory(300);
    String before = export("c2", EVER, NEVER, ExportFormat.JSON_LINES);
    journal.close();
    open();

    assertThat(export("c2", EVER, NEVER, ExportFormat.JSON_LINES)).isEqualTo(before);
  }
}
