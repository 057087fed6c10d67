// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.identity.Changes;
import dev.monetize.identity.Customers;
import dev.monetize.identity.KeyFormat;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.KeyOwner;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import dev.monetize.identity.Subscription;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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
  private Runnable whileLookingUp = () -> {};

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
    whileLookingUp.run();
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
    String other = bench.customer("acme", "free");
    NewKey issued = bench.monetizer.accounts().issueKey("acme", "");
    String key = issued.takeSecret();
    assertThat(bench.call(PATH, key)).isTrue();

    bench.monetizer.accounts().revokeKey(issued.key().id());

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
  void lookUpsThatFail_areLoggedOnceAMinute() {
    useOwnTable();
    tableIsDown = true;
    PrintStream before = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    try {
      for (int second = 0; second < 100; second += 10) {
        bench.denied(PATH, "acme-other" + second);
        bench.pass(Duration.ofSeconds(10));
      }
    } finally {
      System.setErr(before);
    }

    assertThat(told.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("customers could not be looked up"))
        .hasSize(2);
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
    useOwnTable();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      refused += reason(Credential.key("acme-guess-" + i)) == Reason.TOO_MANY_UNKNOWN_KEYS ? 1 : 0;
    }

    assertThat(refused).isEqualTo(800);
    assertThat(lookUps).hasValue(201);
    Admission admission =
        bench.monetizer.admit(
            new ApiCall("GET", PATH, Credential.key("acme-1234567890"), "192.0.2.1"));
    assertThat(admission).isInstanceOf(Granted.class);
  }

  @Test
  void refusalsOfKnownKeys_areLookedUpOnceWhileFresh() {
    KeyFormat format = KeyFormat.existing(key -> key.startsWith("acme-"));
    bench.monetizer.close();
    bench.monetizer = bench.builder().keyFormat(format).customers(this::find).build();
    table.put(format.hash("acme-1234567890"), "acme");
    for (int i = 0; i < 5; i++) {
      assertThat(bench.denied(PATH, "acme-1234567890").reason()).isEqualTo(Reason.NO_SUBSCRIPTION);
    }
    assertThat(lookUps).hasValue(1);

    bench.monetizer.accounts().subscribe(Subscription.to("free", "acme"));

    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
  }

  @Test
  void tiersReloadedWhileAKeyIsLookedUp_callIsDecidedInOneOfThem() {
    useOwnTable();
    whileLookingUp = () -> bench.monetizer.reload(bench.tiers());

    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
  }

  @Test
  void keyThatIsValidForEver_isTakenAsThat() {
    bench.customer("acme", "free");
    String key =
        bench
            .monetizer
            .accounts()
            .issueKey("acme", "", MonetizeKeys.Mode.LIVE, Instant.parse("9999-12-31T23:59:59Z"))
            .takeSecret();

    assertThat(bench.call(PATH, key)).isTrue();
  }

  @Test
  void rotatedTestKey_staysATestKeyAndKeepsItsExpiry() {
    bench.customer("acme", "free");
    Instant expiry = bench.now.plus(Duration.ofDays(1));
    NewKey trial =
        bench.monetizer.accounts().issueKey("acme", "trial", MonetizeKeys.Mode.TEST, expiry);

    NewKey next = bench.monetizer.accounts().rotateKey(trial.key().id(), Duration.ZERO);

    assertThat(next.takeSecret()).startsWith("mk_test_");
    assertThat(next.key().validUntil()).isEqualTo(expiry);
    assertThatThrownBy(
            () -> bench.monetizer.accounts().rotateKey(next.key().id(), Duration.ofDays(367)))
        .hasMessage("overlap must be 0 to 366 days, got PT8808H");
  }

  @Test
  void defaultTierThatIsNotThere_isRefusedAtStart() {
    bench.monetizer.close();

    assertThatThrownBy(() -> bench.builder().defaultTier("fre").build())
        .hasMessageContaining("no tier \"fre\"");
    bench.monetizer = bench.builder().build();
  }

  /** A table that others write to as well, and that tells of it. */
  private final class SharedTable implements Customers, Changes {

    private Changes.@Nullable Listener listener;

    @Override
    public Optional<KeyOwner> find(KeyHash hash) {
      return CallersTest.this.find(hash);
    }

    @Override
    public AutoCloseable listen(Listener told) {
      listener = told;
      return () -> listener = null;
    }

    Changes.Listener listener() {
      return Objects.requireNonNull(listener, "nobody listens");
    }
  }

  private SharedTable useSharedTable() {
    SharedTable shared = new SharedTable();
    KeyFormat format = KeyFormat.existing(key -> key.startsWith("acme-"));
    bench.monetizer.close();
    bench.monetizer =
        bench.builder().keyFormat(format).customers(shared).defaultTier("free").build();
    table.put(format.hash("acme-1234567890"), "acme");
    table.put(format.hash("acme-other"), "other");
    return shared;
  }

  @Test
  void changeElsewhere_isLookedUpByTheNextCall() {
    SharedTable shared = useSharedTable();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(bench.call(PATH, "acme-other")).isTrue();
    assertThat(bench.denied(PATH, "acme-new").reason()).isEqualTo(Reason.UNKNOWN_KEY);
    table.remove(KeyHash.sha256("acme-1234567890"));
    table.put(KeyHash.sha256("acme-new"), "acme");

    shared.listener().changed("acme");

    assertThat(bench.denied(PATH, "acme-1234567890").reason()).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(bench.call(PATH, "acme-new")).isTrue();
    assertThat(lookUps).hasValue(5);
    assertThat(bench.call(PATH, "acme-other")).isTrue();
    assertThat(lookUps).hasValue(5);
  }

  @Test
  void missedChanges_haveEverybodyLookedUpAgain() {
    SharedTable shared = useSharedTable();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(bench.call(PATH, "acme-other")).isTrue();
    assertThat(bench.denied(PATH, "acme-new").reason()).isEqualTo(Reason.UNKNOWN_KEY);
    table.remove(KeyHash.sha256("acme-1234567890"));
    table.put(KeyHash.sha256("acme-new"), "acme");

    shared.listener().missed();

    assertThat(bench.denied(PATH, "acme-1234567890").reason()).isEqualTo(Reason.UNKNOWN_KEY);
    assertThat(bench.call(PATH, "acme-new")).isTrue();
    assertThat(bench.call(PATH, "acme-other")).isTrue();
    assertThat(lookUps).hasValue(6);
  }

  @Test
  void missedChangesWhileTheTableIsDown_costNoKnownCaller() {
    SharedTable shared = useSharedTable();
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    tableIsDown = true;

    shared.listener().missed();

    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(lookUps).hasValue(2);
  }

  @Test
  void changeWhileAKeyIsLookedUp_isNotMissed() {
    SharedTable shared = useSharedTable();
    whileLookingUp = shared.listener()::missed;
    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    whileLookingUp = () -> {};

    assertThat(bench.call(PATH, "acme-1234567890")).isTrue();
    assertThat(lookUps).hasValue(2);
  }

  @Test
  void closedEngine_listensNoMore() {
    SharedTable shared = useSharedTable();

    bench.monetizer.close();

    assertThat(shared.listener).isNull();
  }
}
