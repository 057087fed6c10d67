// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

  private final ClientAddress behind = ClientAddress.behind("10.0.0.0/8", "192.0.2.7", "fd00::/8");

  @Test
  void forwardedHeader_isNotBelievedWithoutProxies() {
    assertThat(ClientAddress.ofConnection().of(request("10.1.1.1", "198.51.100.1")))
        .isEqualTo("10.1.1.1");
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.9, 203.0.113.1, 198.51.100.9", // not a proxy of ours
    "10.1.1.1, 203.0.113.1, 203.0.113.1",
    "10.1.1.1, '203.0.113.1, 198.51.100.1', 198.51.100.1", // the left one is anybody's invention
    "10.1.1.1, '203.0.113.1, 10.2.2.2, 192.0.2.7', 203.0.113.1",
    "10.1.1.1, '203.0.113.1, evil.example', 10.1.1.1",
    "10.1.1.1, '203.0.113.1,', 10.1.1.1",
    "10.1.1.1, '203.0.113.1:4711', 10.1.1.1",
    "10.1.1.1, '2001:db8::1', 2001:db8::1",
    "10.1.1.1, 'fe80::1%eth0', 10.1.1.1",
    "fd00::1, 203.0.113.1, 203.0.113.1",
    "10.1.1.1, '203.0.113.1, 999.1.1.1', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, 1.2.3.256', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, 1.2.3.0000', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, 1.2..4', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, .a:b', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, ::ffff:999.1.1.1', 10.1.1.1",
    "10.1.1.1, '203.0.113.1, ::ffff:10.2.2.2', 203.0.113.1",
    "10.1.1.1, 255.0.0.255, 255.0.0.255",
    "10.1.1.1, , 10.1.1.1",
  })
  void address_isTheRightmostThatIsNoProxy(String connection, String header, String expected) {
    assertThat(behind.of(request(connection, header))).isEqualTo(expected);
  }

  @Test
  void lineThatAProxyAppends_isReadFirst() {
    assertThat(behind.of(request("10.1.1.1", "203.0.113.1", "198.51.100.1")))
        .isEqualTo("198.51.100.1");
    assertThat(behind.of(request("10.1.1.1", "6.6.6.6, 203.0.113.1", "10.2.2.2, 10.3.3.3")))
        .isEqualTo("203.0.113.1");
    assertThat(behind.of(request("10.1.1.1", "203.0.113.1", ""))).isEqualTo("10.1.1.1");
  }

  @Test
  void withoutTheHeader_itIsTheConnection() {
    HttpServletRequest request = request("10.1.1.1");
    assertThat(behind.of(request)).isEqualTo("10.1.1.1");

    when(request.getHeaders("X-Forwarded-For")).thenReturn(null);
    assertThat(behind.of(request)).isEqualTo("10.1.1.1");
  }

  @Test
  void longChain_isNotWalkedToItsEnd() {
    String chain = "203.0.113.1" + ", 10.0.0.1".repeat(1_000);

    assertThat(behind.of(request("10.1.1.1", chain))).isEqualTo("10.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.org",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0/8",
        "999.1.1.1",
        "",
        "::/129",
        "10.0.0.0/-1"
      })
  void network_mustBeOne(String network) {
    assertThatThrownBy(() -> ClientAddress.behind(network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + network + "\"");
  }

  private static HttpServletRequest request(String connection, String... forwarded) {
    List<String> lines = Stream.of(forwarded).filter(Objects::nonNull).toList();
    HttpServletRequest request = mock();
    when(request.getRemoteAddr()).thenReturn(connection);
    when(request.getHeader("X-Forwarded-For")).thenReturn(lines.isEmpty() ? null : lines.get(0));
    when(request.getHeaders("X-Forwarded-For")).thenReturn(Collections.enumeration(lines));
    return request;
  }
}
