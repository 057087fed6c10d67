// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OutboxWindowTest {

  private static final OutboxWindow WINDOW = new OutboxWindow(1, 2, 3, 4, 5, 6);

  private static DataInputStream written(int length) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    WINDOW.write(new DataOutputStream(bytes));
    return new DataInputStream(new ByteArrayInputStream(bytes.toByteArray(), 0, length));
  }

  @Test
  void isReadAsItWasWritten() throws IOException {
    assertThat(OutboxWindow.read(written(6 * Long.BYTES), 2)).isEqualTo(WINDOW);
  }

  @Test
  void ofLayout1_saysNothingOfWhatIsNotSold() throws IOException {
    DataInputStream before = written(5 * Long.BYTES);
    assertThat(OutboxWindow.read(before, 1)).isEqualTo(new OutboxWindow(1, 2, 3, 4, 5, 0));
    assertThat(before.available()).isZero();
  }
}
