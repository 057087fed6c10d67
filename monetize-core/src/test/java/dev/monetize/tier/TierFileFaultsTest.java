// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every fault is told with its place, the value found, and what was expected. */
class TierFileFaultsTest {

  private static final String GOOD = "tiers: {free: {endpoints: [/v1/*]}}\n";

  @TempDir Path directory;

  /** The cases of faults.txt: a title, a file, and the exact message. */
  @TestFactory
  List<DynamicTest> parse_tellsEveryFault() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = TierFileFaultsTest.class.getResourceAsStream("faults.txt")) {
      String all = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String part : Pattern.compile("\n=== ").splitAsStream(all.substring(4)).toList()) {
        String title = part.substring(0, part.indexOf('\n'));
        String file = part.substring(title.length() + 1, part.indexOf(">>>\n"));
        String expected = part.substring(part.indexOf(">>>\n") + 4).stripTrailing();
        tests.add(DynamicTest.dynamicTest(title, () -> assertRefused(file, expected)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(100);
    return tests;
  }

  private static void assertRefused(String file, String expected) {
    assertThatThrownBy(() -> TierCatalog.parse("tiers.yml", file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage(expected);
  }

  @Test
  void faults_haveAPlaceAndAMessageEach() {
    TierFaultsException refused =
        catchThrowableOfType(
            TierFaultsException.class,
            () -> TierCatalog.parse("t.yml", GOOD + "unmatched: no\ncurrency: no\n"));

    assertThat(refused.faults())
        .containsExactly(
            new TierFaultsException.Fault(
                "t.yml:2:1", "unmatched \"no\": expected deny, meter or pass"),
            new TierFaultsException.Fault(
                "t.yml:3:1", "currency \"no\": expected an ISO 4217 currency code such as USD"));
  }

  @Test
  void parse_ofAnEmptyFile_isRefused() {
    assertRefused("", "tiers.yml:1:1: the file is empty, expected tiers");
    assertRefused("# nothing\n", "tiers.yml:1:1: the file is empty, expected tiers");
    assertRefused("---\n", "tiers.yml:2:1: expected a map with tiers");
  }

  @Test
  void parse_acceptsAByteOrderMarkAndWindowsLines() {
    String file = "\uFEFF" + GOOD.replace("\n", "\r\n") + "currency: EUR\r\n";

    assertThat(TierCatalog.parse("tiers.yml", file).tiers()).hasSize(1);
  }

  @Test
  void parse_ofACharacterThatYamlForbids_tellsItsPlace() {
    assertRefused(
        GOOD + "currency: \u0000",
        "tiers.yml:2:11: this is no YAML: a character that is not allowed");
  }

  @Test
  void parse_showsValuesShortAndOnOneLine() {
    assertRefused(
        GOOD + "unmatched: \"a\\u001b\\nb" + "x".repeat(100) + "\"",
        "tiers.yml:2:1: unmatched \"a\\u001b\\u000ab"
            + "x".repeat(56)
            + "…\": expected deny, meter or pass");
  }

  @Test
  void parse_ofAnAliasBomb_isRefusedAtOnce() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 50; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> TierCatalog.parse("tiers.yml", bomb.toString()))
        .isInstanceOf(TierFaultsException.class)
        .hasMessageContaining("tiers.yml:2:10: an alias (*) is not supported");
  }

  @Test
  void parse_ofDeepNesting_isRefused() {
    for (String deep : List.of("[".repeat(100_000), "{a: ".repeat(100_000))) {
      assertThatThrownBy(() -> TierCatalog.parse("tiers.yml", "tiers: " + deep))
          .isInstanceOf(TierFaultsException.class)
          .hasMessageContaining("expected at most 12 levels");
    }
    assertThatThrownBy(() -> TierCatalog.parse("tiers.json", "[".repeat(100_000)))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("tiers.json:1:14: expected at most 12 levels");
  }

  @Test
  void load_ofALargeFile_isRefused() throws IOException {
    Path file = directory.resolve("tiers.yml");
    Files.writeString(file, "#".repeat((1 << 20) + 1));

    assertThatThrownBy(() -> TierCatalog.load(file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("tiers.yml: expected at most 1 MiB");
    assertRefused("#".repeat((1 << 20) + 1), "tiers.yml: expected at most 1 MiB");
  }

  @Test
  void load_ofAFileThatIsNotThere_isRefused() {
    Path file = directory.resolve("tiers.yml");

    assertThatThrownBy(() -> TierCatalog.load(file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("tiers.yml: there is no such file: " + file.toAbsolutePath());
    assertThatThrownBy(() -> TierCatalog.load(directory))
        .isInstanceOf(TierFaultsException.class)
        .hasMessageContaining(": the file cannot be read: ");
  }

  @Test
  void load_ofAnotherEncoding_isRefused() throws IOException {
    Path file = directory.resolve("tiers.yml");
    Files.write(file, GOOD.getBytes(StandardCharsets.UTF_16));

    assertThatThrownBy(() -> TierCatalog.load(file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage("tiers.yml: expected UTF-8");
  }

  @Test
  void parse_ofPatternsThatOverlapEndlessly_isRefused() {
    StringBuilder file = new StringBuilder("tiers:\n  free:\n    endpoints:\n");
    for (int i = 0; i < 20; i++) {
      file.append("      - \"").append(segments(i)).append("\"\n");
    }
    assertRefused(
        file.toString(),
        "tiers.yml:1:1: too many patterns: they tell more than 20000 kinds of paths apart");
  }

  private static String segments(int literal) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      path.append(i == literal ? "/x" : "/{v" + i + "}");
    }
    return path.toString();
  }

  @Test
  void parse_ofJson_tellsEveryFault() {
    String file =
        """
        {
        \t"tiers": {
        \t\t"free": {"endpoints": ["/v1/{id}"], "rate_limit": "10/fortnight", "price": 1e999},
        \t\t"free": {}
        \t},
        \t"currency": null
        }
        """;
    assertThatThrownBy(() -> TierCatalog.parse("tiers.json", file))
        .isInstanceOf(TierFaultsException.class)
        .hasMessage(
            """
            tiers.json:3:39: rate_limit "10/fortnight": expected <calls>/<s|min|hour|day> such as 10/min, or 100/10s
            tiers.json:3:69: price "1e999": expected 0, <amount>/month or <amount>/year, or custom
            tiers.json:4:3: "free" stands here twice, first in line 3
            tiers.json:6:2: currency "null": expected an ISO 4217 currency code such as USD""");
  }

  @Test
  void parse_ofBrokenJson_tellsThePlace() {
    assertThatThrownBy(() -> TierCatalog.parse("tiers.json", "{\"tiers\": {,}}"))
        .isInstanceOf(TierFaultsException.class)
        .hasMessageStartingWith("tiers.json:1:12: this is no JSON: Unexpected character (','");
    assertThatThrownBy(() -> TierCatalog.parse("tiers.json", "{} {}"))
        .hasMessageStartingWith("tiers.json:1:4: expected nothing after the end of the value");
  }
}
