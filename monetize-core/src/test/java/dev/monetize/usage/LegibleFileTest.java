// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LegibleFileTest {

  private static final int PAGE = 4096;

  /** A file of ones, of which some pages are not given. */
  private record Pages(ByteBuffer buffer, Set<Integer> missing) implements JournalFile {

    static Pages of(int bytes, Integer... missing) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
      for (int i = 0; i < bytes; i++) {
        buffer.put(i, (byte) 1);
      }
      return new Pages(buffer, Set.copyOf(List.of(missing)));
    }

    @Override
    public int unreadable(int from, int end) {
      for (int at = from; at < end; at++) {
        if (missing.contains(at / PAGE)) {
          return at;
        }
      }
      return -1;
    }

    @Override
    public void force(int from, int length) {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return "pages";
    }
  }

  @Test
  void readableFile_isItself() throws IOException {
    JournalFile file = Pages.of(3 * PAGE + 100);

    assertThat(LegibleFile.of(file)).isSameAs(file);
  }

  @Test
  void pagesThatAreNotGiven_areZeros() throws IOException {
    for (Set<Integer> missing : List.of(Set.of(0), Set.of(1, 3), Set.of(2, 3), Set.of(4))) {
      JournalFile file = Pages.of(4 * PAGE + 100, missing.toArray(Integer[]::new));

      ByteBuffer legible = LegibleFile.of(file).buffer();

      assertThat(legible.capacity()).isEqualTo(4 * PAGE + 100);
      for (int at = 0; at < legible.capacity(); at++) {
        assertThat((int) legible.get(at)).isEqualTo(missing.contains(at / PAGE) ? 0 : 1);
      }
    }
  }

  @Test
  void check_saysWhichFileAndWhere() {
    assertThatThrownBy(() -> LegibleFile.check(Pages.of(3 * PAGE, 2), 3 * PAGE))
        .isInstanceOf(JournalDamagedException.class)
        .hasMessageStartingWith(
            "journal damaged: pages: at offset 8192: the disk does not give what is there");
  }
}
