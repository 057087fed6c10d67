// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference of the tier file is true. */
class TierFileReferenceTest {

  private static final Path REFERENCE = Path.of("TIER-FILE.md");
  private static final Pattern EXAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @Test
  void examples_load() throws IOException {
    List<String> examples =
        EXAMPLE
            .matcher(Files.readString(REFERENCE))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();

    assertThat(examples).hasSize(4);
    for (String example : examples) {
      assertThat(TierCatalog.parse("tiers.yml", example).tiers()).isNotEmpty();
    }
  }

  @Test
  void reference_namesEveryProperty() throws IOException {
    String reference = Files.readString(REFERENCE);

    assertThat(TierReader.PROPERTIES)
        .allSatisfy(property -> assertThat(reference).contains("`" + property + "`"));
    assertThat(CatalogReader.PROPERTIES)
        .allSatisfy(property -> assertThat(reference).contains("| `" + property + "` |"));
  }
}
