// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit;

import static dev.monetize.testkit.Direction.TO_CLIENT;
import static dev.monetize.testkit.Direction.TO_SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.testkit.ProxyFaults.Fate;
import dev.monetize.testkit.ProxyFaults.Piece;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyFaultsTest {

  private final ProxyFaults faults = new ProxyFaults();
  private final ProxyConnection connection =
      new ProxyConnection(new Socket(), new InetSocketAddress(0), faults, closed -> {});

  private Piece next(int wanted) {
    return faults.next(TO_SERVER, wanted, connection);
  }

  @Test
  void slice_isOneByteAtATime() {
    faults.slice();

    assertThat(next(100)).isEqualTo(new Piece(1, Fate.PASS));
  }

  @Test
  void throttle_isInPieces() {
    faults.throttle(200);

    assertThat(next(100)).isEqualTo(new Piece(10, Fate.PASS));
  }

  @Test
  void cut_isAtItsByteThroughAllPieces() {
    faults.cutAfter(TO_SERVER, 130);

    assertThat(next(100)).isEqualTo(new Piece(100, Fate.PASS));
    assertThat(faults.next(TO_CLIENT, 100, connection)).isEqualTo(new Piece(100, Fate.PASS));
    assertThat(next(29)).isEqualTo(new Piece(29, Fate.PASS));
    faults.slice();
    assertThat(next(100)).isEqualTo(new Piece(1, Fate.CUT));
    assertThat(next(100)).isEqualTo(new Piece(1, Fate.PASS));
  }

  @Test
  void heal_tellsWhoLostBytes() {
    assertThat(faults.heal()).isEmpty();
    faults.drop(List.of(TO_SERVER));
    assertThat(next(100)).isEqualTo(new Piece(100, Fate.DROP));
    assertThat(faults.next(TO_CLIENT, 5, connection)).isEqualTo(new Piece(5, Fate.PASS));

    assertThat(faults.heal()).containsExactly(connection);
    assertThat(faults.heal()).isEmpty();
    assertThat(next(100)).isEqualTo(new Piece(100, Fate.PASS));
  }
}
