// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** URLs of receivers that are none. */
class WebhookTargetTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  @ParameterizedTest
  @ValueSource(
      strings = {
        // schemes
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "jar:https://example.com/x!/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "//example.com/",
        "example.com",
        "",
        "https:",
        "https:example.com",
        "https:/example.com",
        "https:///path",
        "https://",
        // readers that differ
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1#@example.com/",
        "https://example.com/#fragment",
        "https://example.com\\@127.0.0.1/",
        "https://127.0.0.1\\.example.com/",
        "https://example.com /",
        " https://example.com/",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        "https://example.com/\n",
        "https://example.com/\u0000",
        "https://example.com%00.evil.com/",
        "https://example.com%2f@127.0.0.1/",
        "https://exämple.com/",
        "https://example.com/ä",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://ex_ample.com/",
        "https://-example.com/",
        "https://example..com/",
        "https://.example.com/",
        "https://example.com./",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:-1/",
        "https://example.com:99999999999/",
        "https://example.com:80:80/",
        // addresses, not as they are usually written
        "https://127.1/",
        "https://127.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.0.0.1./",
        "https://127.0.0.01/",
        "https://127.0.0.256/",
        "https://1.2.3.4.5/",
        "https://1.1.1.0x1/",
        "https://example.1/",
        "https://0/",
        "https://8.8.8.8.0x0/",
        // private addresses
        "https://127.0.0.1/",
        "https://127.255.255.254/",
        "https://0.0.0.0/",
        "https://0.1.2.3/",
        "https://10.0.0.1/",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://100.127.255.255/",
        "https://168.63.129.16/",
        "https://169.254.169.254/latest/meta-data/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.0.0.192/",
        "https://192.0.2.1/",
        "https://192.88.99.1/",
        "https://192.168.0.1/",
        "https://198.18.0.1/",
        "https://198.19.255.255/",
        "https://198.51.100.1/",
        "https://203.0.113.1/",
        "https://224.0.0.1/",
        "https://239.255.255.255/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://[::]/",
        "https://[::1]/",
        "https://[0:0:0:0:0:0:0:1]/",
        "https://[::127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::FFFF:169.254.169.254]/",
        "https://[::ffff:0:127.0.0.1]/",
        "https://[64:ff9b::127.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[64:ff9b:1::8.8.8.8]/",
        "https://[100::1]/",
        "https://[2001::1]/",
        "https://[2001:0:7f00:1::]/",
        "https://[2001:10::1]/",
        "https://[2001:2::1]/",
        "https://[2001:db8::1]/",
        "https://[2002:7f00:1::]/",
        "https://[2002:a9fe:a9fe::1]/",
        "https://[3fff::1]/",
        "https://[5f00::1]/",
        "https://[fc00::1]/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[fec0::1]/",
        "https://[ff02::1]/",
        "https://[::1/",
        "https://[]/",
        "https://[v1.x]/",
        "https://localhost/",
        "https://LOCALHOST/",
      })
  void hostileUrl_isRefused(String url) {
    assertThatThrownBy(() -> WebhookSender.to(url, SECRET, () -> Instant.EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("webhook URL ")
        .hasMessageNotContaining("password")
        .hasMessageNotContaining("\n");
  }

  @Test
  void http_mustBeAllowed() {
    assertThatThrownBy(() -> WebhookTarget.of("http://example.com/", false))
        .hasMessage("webhook URL must begin with https://, got \"http://example.com/\"");
    assertThat(WebhookTarget.of("http://example.com", true))
        .isEqualTo(new WebhookTarget(false, "example.com", 80, "/"));
  }

  @Test
  void allowingHttp_allowsNoPrivateAddress_andNobodyIsConnectedTo() throws Exception {
    try (ServerSocket here = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      for (String host : new String[] {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"}) {
        String url = "http://" + host + ":" + here.getLocalPort() + "/";
        assertThatThrownBy(
                () -> WebhookSender.to(url, SECRET, () -> Instant.EPOCH, WebhookSender.Allow.HTTP))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("no public address");
      }
      here.setSoTimeout(1);
      assertThatThrownBy(here::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.17",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2001:4860:4860::8888",
        "2001:db9::1",
        "2003::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001::1",
        "3ffe::1",
        "64:ff9b::8.8.8.8",
      })
  void publicAddress_isAllowed(String address) throws Exception {
    assertThat(PublicAddress.is(InetAddress.getByName(address))).isTrue();
  }

  @Test
  void goodUrl_isTakenApart() {
    assertThat(WebhookTarget.of("HTTPS://Hooks.Example.COM:8443/a/b%20c?d=e&f", false))
        .isEqualTo(new WebhookTarget(true, "hooks.example.com", 8443, "/a/b%20c?d=e&f"));
    assertThat(WebhookTarget.of("https://example.com?x", false).path()).isEqualTo("/?x");
    assertThat(WebhookTarget.of("https://xn--exmple-cua.com", false).authority())
        .isEqualTo("xn--exmple-cua.com");
    assertThat(WebhookTarget.of("https://[2606:4700:4700::1111]:444", false).authority())
        .isEqualTo("[2606:4700:4700::1111]:444");
    assertThat(WebhookTarget.of("https://8.8.8.8", false).isName()).isFalse();
  }
}
