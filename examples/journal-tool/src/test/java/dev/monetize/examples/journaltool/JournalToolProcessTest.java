// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.journaltool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is made by "package", on journals that an engine wrote. */
@EnabledIfSystemProperty(named = "monetize.jar", matches = ".+", disabledReason = "runs in verify")
class JournalToolProcessTest {

  @TempDir Path data;

  private ToolProcess run(String... arguments) throws Exception {
    return ToolProcess.run(data, arguments);
  }

  private static Map<String, Integer> files(Path directory) throws IOException {
    Map<String, Integer> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        files.put(path.getFileName().toString(), Arrays.hashCode(Files.readAllBytes(path)));
      }
    }
    return files;
  }

  @Test
  void commands_tellWhatAnEngineWrote_andChangeNothing() throws Exception {
    try (Bench bench = new Bench(data)) {
      bench.call("acme", 3);
      bench.call("beta", 2);
    }
    Map<String, Integer> before = files(data.resolve("journal"));

    ToolProcess verify = run("journal", "verify", "journal");
    ToolProcess show = run("journal", "show", "journal");
    ToolProcess export = run("journal", "export", "journal");
    ToolProcess exportOne = run("journal", "export", "journal", "beta");

    assertThat(verify.err()).isEmpty();
    assertThat(verify.exit()).isZero();
    assertThat(verify.out().get(0)).matches("journal [0-9a-f-]{36}");
    assertThat(verify.out().get(1)).matches("2 segments, all records up to \\d+ good");
    assertThat(verify.out().get(2)).matches("sink list: has all up to \\d+, 0 batches put aside");
    assertThat(verify.out()).hasSize(3);
    assertThat(show.exit()).isZero();
    assertThat(show.out()).containsAll(export.out()).endsWith(verify.out().toArray(String[]::new));
    assertThat(export.exit()).isZero();
    assertThat(export.out()).hasSize(5);
    assertThat(export.out().get(0))
        .matches("\\{\"id\":\"[0-9a-f-]{36}:1\",\"time\":\"2026-11-20T12:00:00.000000000Z\",.*")
        .contains("\"customer\":\"acme\"");
    assertThat(exportOne.out()).isEqualTo(export.out().subList(3, 5));
    assertThat(exportOne.out()).allMatch(line -> line.contains("\"customer\":\"beta\""));
    assertThat(files(data.resolve("journal"))).isEqualTo(before);
  }

  @Test
  void journalInUse_isRead_andTheAppGoesOn() throws Exception {
    try (Bench bench = new Bench(data)) {
      bench.call("acme", 3);

      assertThat(run("journal", "verify", "journal").exit()).isZero();
      assertThat(run("journal", "export", "journal", "acme").out()).hasSize(3);

      bench.call("acme", 2);
      assertThat(run("journal", "export", "journal", "acme").out()).hasSize(5);
      assertThat(bench.lost()).isZero();
    }
    try (Bench bench = new Bench(data)) {
      bench.call("acme", 1);
    }
    assertThat(run("journal", "export", "journal").out()).hasSize(6);
  }

  @Test
  @Timeout(60)
  void recordsNoLongerKept_areToldBesideTheOutput() throws Exception {
    Path first = data.resolve("journal/usage-0000000000000000001.journal");
    try (Bench bench =
        new Bench(
            data,
            settings ->
                settings
                    .segmentBytes(128 << 10)
                    .retention(Duration.ZERO)
                    .checkpointEvery(Duration.ofSeconds(1)))) {
      do {
        bench.call("acme", 100);
      } while (Files.exists(first));
    }

    ToolProcess export = run("journal", "export", "journal");

    assertThat(export.exit()).isZero();
    assertThat(export.out()).isNotEmpty();
    assertThat(export.err())
        .matches("records before \\d+ are no longer kept; what was asked for does not have them\n");
  }

  @Test
  void damage_endsWith1_andNamesTheGap() throws Exception {
    try (Bench bench = new Bench(data)) {
      bench.call("acme", 10);
    }
    Path segment = data.resolve("journal/usage-0000000000000000001.journal");
    byte[] bytes = Files.readAllBytes(segment);
    bytes[400] ^= 1;
    Files.write(segment, bytes);

    ToolProcess verify = run("journal", "verify", "journal");
    ToolProcess export = run("journal", "export", "journal");

    assertThat(verify.exit()).isEqualTo(JournalTool.DAMAGED);
    assertThat(verify.out()).isEmpty();
    String gap = "record " + (export.out().size() + 1) + " cannot be read";
    assertThat(verify.err())
        .startsWith("journal damaged: journal/usage-0000000000000000001.journal: at offset ")
        .contains(gap)
        .endsWith(".\nRecords before the damage are good.\n");
    assertThat(export.exit()).isEqualTo(JournalTool.DAMAGED);
    assertThat(export.out()).hasSizeBetween(1, 9);
    assertThat(Files.readAllBytes(segment)).isEqualTo(bytes);
  }

  @Test
  void whatIsNotUnderstood_endsWith2_andNamesTheCommands() throws Exception {
    assertNotUnderstood("expected journal, got nothing");
    assertNotUnderstood("expected journal, got \"verify\"", "verify", "journal");
    assertNotUnderstood("expected verify, show or export, got nothing", "journal");
    assertNotUnderstood("expected verify, show or export, got \"burn\"", "journal", "burn", "x");
    assertNotUnderstood("journal verify takes DIR, got 2 arguments", "journal", "verify", "a", "b");
    assertNotUnderstood("journal export takes DIR and CUSTOMER, got 0", "journal", "export");
  }

  private void assertNotUnderstood(String fault, String... arguments) throws Exception {
    ToolProcess tool = run(arguments);

    assertThat(tool.exit()).isEqualTo(JournalTool.NOT_UNDERSTOOD);
    assertThat(tool.err())
        .startsWith(fault)
        .contains("usage: java -jar monetize.jar journal verify");
    assertThat(tool.out()).isEmpty();
  }

  @Test
  void whatCannotBeRead_endsWith3() throws Exception {
    ToolProcess nowhere = run("journal", "verify", "nowhere");
    ToolProcess above = run("journal", "show", ".");

    assertThat(nowhere.exit()).isEqualTo(JournalTool.STOPPED);
    assertThat(nowhere.err()).isEqualTo("stopped: there is no directory nowhere\n");
    assertThat(above.exit()).isEqualTo(JournalTool.STOPPED);
    assertThat(above.err())
        .startsWith("stopped: . holds no journal: files are named usage-*.journal");
  }
}
