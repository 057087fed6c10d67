// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallersTest {

  private static final String PATH = "/v1/basic/hello";

  @TempDir private Path data;
  private Bench bench;

  /** An app's own table of keys, which can fail. */
  private final Map<KeyHash, String> table = new ConcurrentHashMap<>();

  private final AtomicInteger lookUps = new AtomicInteger();
  private boolean tableIsDown;

  @BeforeEach
  void open() {
    bench = new Bench(data);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private Optional<KeyOwner> find(KeyHash hash) {
    lookUps.incrementAndGet();
    if (tableIsDown) {
      throw new IllegalStateException("connection refused");
    }
    return Optional.ofNullable(table.get(hash)).map(customer -> KeyOwner.of(customer, hash));
  }

  private void useOwnTable() {
    KeyFormat format = KeyFormat.existing(key -> key.startsWith("acme-"));
    bench.monetizer.close();
    bench.monetizer =
        bench.builder().keyFormat(format).customers(this::find).defaultTier("free").build();
    table.put(format.hash("acme-1234567890"), "acme");
  }

  private Reason reason(Credential credential) {
    Admission admission = bench.monetizer.admit(new ApiCall("GET", PATH, credential, "192.0.2.1"));
    return ((Denied) admission).reason();
  }

  @Test
  void badCredentials_areRefusedWithTheirReason() {
    String key = bench.customer("acme", "free");
    char last = key.charAt(key.length() - 1);
    String mistyped = key.substring(0, key.length() - 1) + (last == 'a' ? 'b' : 'a');

    assertThat(reason(Credential.NONE)).isEqualTo(Reason.NO_CREDENTIAL);
    assertThat(reason(Credential.key(""))).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(reason(Credential.key(mistyped))).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(reason(Credential.key(unknownKey()))).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(reason(new Credential.Ambiguous("two keys"))).isEqualTo(Reason.AMBIGUOUS_CREDENTIAL);
  }

  private static String unknownKey() {
    return MonetizeKeys.under(Pepper.of("test", new byte[32]))
        .generate(new SecureRandom(), MonetizeKeys.Mode.LIVE)
        .takeSecret();
  }

  @Test
  void revokedKey_isRefusedByTheNextCall() {
    String key = bench.customer("acme", "free");
    String other = bench.key("acme");
    assertThat(bench.call(PATH, key)).isTrue();
    String id = bench.monetizer.accounts().keys("acme").get(0).id();

    bench.monetizer.accounts().revokeKey(id);

    assertThat(bench.denied(PATH, key).reason()).isEqualTo(Reason.KEY_EXPIRED);
    assertThat(bench.call(PATH, other)).isTrue();
  }

  @Test
  void keysOfACustomer_shareItsAllowance() {
    String first = bench.customer("acme", "free");
    String second = bench.key("acme");
    for (int i = 0; i < 5; i++) {
      assertThat(bench.call(PATH, first)).isTrue();
      assertThat(bench.call(PATH, second)).isTrue();
    }

    assertThat(bench.call(PATH, first)).isFalse();
    assertThat(bench.call(PATH, second)).isFalse();
    assertThat(bench.used("calls", second)).isEqualTo(10);
  }

  @Test
  void rotatedKey_worksBesideTheNewOneUntilTheOverlapEnds() {
    String old = bench.customer("acme", "free");
    String id = bench.monetizer.accounts().keys("acme").get(0).id();

    String next = bench.monetizer.accounts().rotateKey(id, Duration.ofHours(1)).takeSecret();

    assertThat(bench.call(PATH, old)).isTrue();
    assertThat(bench.call(PATH, next)).isTrue();
    bench.pass(Duration.ofHours(1));
    assertThat(bench.denied(PATH, old).reason()).isEqualTo(Reason.KEY_EXPIRED);
    assertThat(bench.call(PATH, next)).isTrue();
    assertThatThrownBy(() -> bench.monetizer.accounts().rotateKey(id, Duration.ZERO))
        .hasMessageContaining("has not been valid since");
  }

  @Test
  void keyThatExpires_isRefusedFromThenOn() {
    bench.customer("acme", "free");
    String key =
        bench
            .monetizer
            .accounts()
            .issueKey(
                "acme", "trial", MonetizeKeys.Mode.TEST, bench.now.plus(Duration.ofMinutes(1)))
            .takeSecret();
    assertThat(key).startsWith("mk_test_");
    assertThat(bench.call(PATH, key)).isTrue();

    bench.pass(Duration.ofMinutes(1));

    assertThat(bench.denied(PATH, key).reason()).isEqualTo(Reason.KEY_EXPIRED);
  }

  @Test
  void ownTable_isAskedOncePerKeyWhileFresh() {
    useOwnTable();
    for (int i = 0; i < 5; i++) {
      assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
      assertThat(bench.call(PATH, "acme-unknown")).isFalse();
    }
    assertThat(lookUps).hasValue(2);

    bench.pass(Duration.ofSeconds(30));
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(lookUps).hasValue(3);
  }

  @Test
  void ownTableIsDown_knownCallersAreServedAndOthersTold() {
    useOwnTable();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    tableIsDown = true;
    bench.pass(Duration.ofMinutes(2));

    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(bench.denied(PATH, "acme-other").reason()).isEqualTo(Reason.IDENTITY_UNAVAILABLE);

    tableIsDown = false;
    table.clear();
    bench.pass(Duration.ofSeconds(5));
    assertThat(bench.denied(PATH, "acme-1234567890").reason()).isEqualTo(Reason.UNKNOWN_KEY);
  }

  @Test
  void customerThatTheAppVouchesFor_needsNoKey() {
    useOwnTable();
    Credential credential = Credential.customer("initech");

    Admission admission = bench.monetizer.admit(new ApiCall("GET", PATH, credential, ""));

    assertThat(((Granted) admission).caller().customer()).isEqualTo("initech");
    assertThat(((Granted) admission).caller().tier().name()).isEqualTo("free");
  }

  @Test
  void customerWithoutSubscription_isRefused() {
    assertThat(reason(Credential.customer("nobody"))).isEqualTo(Reason.NO_SUBSCRIPTION);
  }

  @Test
  void changesToKeys_areTheAppsOwnWhereItKeepsThem() {
    useOwnTable();

    assertThatThrownBy(() -> bench.monetizer.accounts().issueKey("acme", ""))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the app's own table");
  }

  @Test
  void manyUnknownKeys_areBoundedByAddressAndHurtNobodyKnown() {
    String good = bench.customer("acme", "pro");
    assertThat(bench.call("/v1/x", good)).isTrue();
    MonetizeKeys keys = MonetizeKeys.under(Pepper.of("test", new byte[32]));
    SecureRandom random = new SecureRandom();
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      String key = keys.generate(random, MonetizeKeys.Mode.LIVE).takeSecret();
      refused += reason(Credential.key(key)) == Reason.TOO_MANY_UNKNOWN_KEYS ? 1 : 0;
    }

    assertThat(refused).isEqualTo(800);
    Admission admission =
        bench.monetizer.admit(new ApiCall("GET", "/v1/x", Credential.key(good), "192.0.2.1"));
    assertThat(admission).isInstanceOf(Granted.class);
  }
}
