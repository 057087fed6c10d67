// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.ApiCall;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.OnFullJournal;
import dev.monetize.Outcome;
import dev.monetize.Reason;
import dev.monetize.testkit.Direction;
import dev.monetize.testkit.FaultProxy;
import dev.monetize.testkit.FreePorts;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.JournalGap;
import dev.monetize.usage.RecordedEvent;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** A Redis that goes wrong under a journal: nothing is lost, nothing counts twice, nobody waits. */
@Timeout(60)
class JournalOutageTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  /**
   * It writes before it answers. With {@code everysec} it may answer first while the disk is slow,
   * up to two seconds.
   */
  private static final List<String> KEEPS =
      List.of("save \"\"", "appendonly yes", "appendfsync no");

  private final TestNodes nodes = new TestNodes("journal");
  private final int port = FreePorts.next();
  private TestNode server = nodes.start(port, KEEPS).awaitReady();
  private final FaultProxy proxy = FaultProxy.to("127.0.0.1", port);
  private final RedisClient redis = client(proxy.port());
  private JournalInstance here;

  @BeforeEach
  void open() {
    here = JournalInstance.open(redis, JournalOutageTest::quick);
  }

  @AfterEach
  void close() {
    here.close();
    redis.close();
    proxy.close();
    nodes.close();
  }

  private static RedisUsageJournalBuilder quick(RedisUsageJournalBuilder settings) {
    return settings.patience(Duration.ofMillis(50)).tolerance(Duration.ofMillis(300));
  }

  private static RedisClient client(int port) {
    return RedisClient.builder()
        .hostAndPort(new HostAndPort("127.0.0.1", port))
        .clientConfig(DefaultJedisClientConfig.builder().timeoutMillis(200).build())
        .build();
  }

  private void reopen(UnaryOperator<RedisUsageJournalBuilder> settings) {
    here.close();
    here = JournalInstance.open(redis, settings);
  }

  private List<RecordedEvent> all() throws Exception {
    here.journal.sync(LONG);
    assertThat(here.journal.catchUp(LONG)).isTrue();
    return here.journal.reader().read(1, here.journal.durable(), Integer.MAX_VALUE);
  }

  /** Appends units, and waits until they are there, however slow the machine is. */
  private void append(int units) throws Exception {
    for (int i = 0; i < units; i++) {
      here.append("acme", 1);
    }
    here.journal.sync(LONG);
  }

  /** Each unit once, whatever the answers were. */
  private void counted(long units) throws Exception {
    assertThat(all()).hasSize((int) units);
    assertThat(here.total("acme")).isEqualTo(units);
    assertThat(here.journal.lost()).isZero();
    try (JournalInstance later = JournalInstance.open(redis)) {
      assertThat(later.known("acme")).isEqualTo(units);
    }
  }

  @Test
  void lostAnswers_loseNothing_andCountNothingTwice() throws Exception {
    for (int i = 0; i < 40; i++) {
      proxy.cutAfter(Direction.TO_CLIENT, i % 4);
      here.append("acme", 1);
      here.append("acme", 1);
    }
    counted(80);
    assertThat(here.journal.gaps()).isEmpty();
  }

  @Test
  void killedServer_isWaitedFor_andNothingIsLost() throws Exception {
    append(100);
    assertThat(here.total("acme")).isEqualTo(100);
    server.kill();
    for (int i = 0; i < 20; i++) {
      assertThat(here.append("acme", 1)).isEqualTo(-1);
    }
    TestNodes.await("nothing more is accepted", () -> !here.journal.accepting());
    assertThat(here.journal.catchUp(Duration.ofMillis(10))).isFalse();
    assertThat(here.known("acme")).isEqualTo(100);
    server = nodes.start(port, KEEPS).awaitReady();

    TestNodes.await("it accepts again", () -> here.journal.accepting());
    counted(120);
    append(1);
    assertThat(here.journal.durable())
        .as("leaves out what others may know")
        .isGreaterThan(1_000_000);
    assertThat(here.journal.gaps()).isEmpty();
  }

  @Test
  void silentServer_isNotWaitedForLong() throws Exception {
    proxy.hold(Direction.TO_CLIENT);
    long start = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertThat(here.append("acme", 1)).isEqualTo(-1);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    TestNodes.await("nothing more is accepted", () -> !here.journal.accepting());
    proxy.heal();

    TestNodes.await("it accepts again", () -> here.journal.accepting());
    counted(10);
  }

  @Test
  void pausedServer_isWaitedFor() throws Exception {
    server.ask(jedis -> jedis.clientPause(700));
    for (int i = 0; i < 10; i++) {
      here.append("acme", 1);
    }
    counted(10);
  }

  @Test
  void flushedScripts_areSentAgain() throws Exception {
    append(1);
    server.ask(Jedis::scriptFlush);
    append(1);

    counted(2);
  }

  @Test
  void fullServer_isWaitedFor_andSaidSo() throws Exception {
    server.ask(jedis -> jedis.configSet("maxmemory", "1"));
    assertThat(here.append("acme", 1)).isEqualTo(-1);
    TestNodes.await("nothing more is accepted", () -> !here.journal.accepting());
    server.ask(jedis -> jedis.configSet("maxmemory", "0"));

    TestNodes.await("it accepts again", () -> here.journal.accepting());
    counted(1);
  }

  @Test
  void serverThatEvicts_isKnown() {
    var names = new JournalServer(redis, new JournalNames("m:"));
    assertThat(names.evictionPolicy()).isEqualTo("noeviction");
    server.ask(jedis -> jedis.configSet("maxmemory-policy", "allkeys-lru"));

    assertThat(names.evictionPolicy()).isEqualTo("allkeys-lru");
  }

  /** Who may not ask for it would give sequences twice after a failover. */
  @Test
  void userWithoutTheRightToInfo_isToldSo_andLosesNothing() throws Exception {
    String[] rights = {"SETUSER", "app", "on", ">pw", "~monetize:*", "+@all", "-@dangerous"};
    assertThat(server.command(Protocol.Command.ACL, rights)).isNotNull();
    try (UnifiedJedis app =
        RedisUrl.parse("redis://app:pw@127.0.0.1:" + port + "?timeout=500ms").connect()) {
      assertThatThrownBy(() -> JournalInstance.open(app))
          .hasMessageContaining("a failover is known; give it the right +info");
      server.command(Protocol.Command.ACL, "SETUSER", "app", "+info");
      try (JournalInstance one = JournalInstance.open(app, JournalOutageTest::quick)) {
        assertThat(one.total("acme")).isZero();
        server.command(Protocol.Command.ACL, "SETUSER", "app", "-info");
        assertThat(one.append("acme", 1)).isEqualTo(-1);
        TestNodes.await("nothing more is accepted", () -> !one.journal.accepting());
        server.command(Protocol.Command.ACL, "SETUSER", "app", "+info");
        TestNodes.await("it accepts again", () -> one.journal.accepting());
        one.journal.sync(LONG);
        assertThat(one.total("acme")).isEqualTo(1);
      }
    }
  }

  @Test
  void whatWaits_isBounded_andCallsAreRefusedBefore() {
    reopen(settings -> quick(settings).memory(1 << 16));
    server.kill();
    boolean accepted = true;
    long last = -1;
    for (int i = 0; last < 0 && i < 2_000; i++) {
      accepted = here.journal.accepting();
      last = here.append("acme", 1);
    }
    assertThat(last).isZero();
    assertThat(accepted).isFalse();
    assertThat(here.journal.lost()).isEqualTo(1);
  }

  @Test
  void serverThatForgotAll_isGoneOnWith_andTheLossIsTold() throws Exception {
    append(10);
    server.ask(Jedis::flushAll);
    append(1);

    assertThat(here.journal.durable()).isGreaterThan(10);
    TestNodes.await("the loss is told", () -> !here.journal.gaps().isEmpty());
    assertThat(here.journal.gaps()).containsExactly(new JournalGap(1, 10));
    assertThat(here.total("acme")).isEqualTo(11);
    try (JournalInstance later = JournalInstance.open(redis)) {
      assertThat(later.journal.id()).isEqualTo(here.journal.id());
      assertThat(later.journal.identities().orElseThrow().secret())
          .isEqualTo(here.journal.identities().orElseThrow().secret());
      assertThat(later.journal.gaps()).containsExactly(new JournalGap(1, 10));
      assertThat(later.known("acme")).isEqualTo(1);
    }
  }

  @Test
  void anotherJournalInItsPlace_isNotWrittenTo() throws Exception {
    append(1);
    server.ask(Jedis::flushAll);
    try (JournalInstance other = JournalInstance.open(redis)) {
      other.append("acme", 1);
      other.journal.sync(LONG);

      assertThat(here.append("acme", 1)).isNotPositive();
      TestNodes.await("nothing more is accepted", () -> !here.journal.accepting());
      assertThat(here.append("acme", 1)).isZero();
      assertThat(here.journal.lost()).isEqualTo(2);
      assertThat(other.total("acme")).isEqualTo(1);
    }
  }

  @Test
  void serverThatIsAwayAtTheStart_isToldWithWhatToDo() {
    server.kill();

    assertThatThrownBy(() -> JournalInstance.open(redis))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("journal in Redis (monetize:*): ");
  }

  @Test
  void engine_refusesOrServesUnmetered_asItIsTold(@TempDir Path data) throws Exception {
    try (Monetizer refusing = engine(data.resolve("1"), OnFullJournal.REFUSE);
        Monetizer serving = engine(data.resolve("2"), OnFullJournal.SERVE_UNMETERED)) {
      String key = key(refusing);
      String other = key(serving);
      assertThat(settled(refusing, key)).isTrue();
      server.kill();
      assertThat(settled(refusing, key)).isTrue(); // waits in memory
      assertThat(settled(serving, other)).isTrue();
      TestNodes.await("nothing more is accepted", () -> !refusing.health().accepting());
      TestNodes.await("nothing more is accepted", () -> !serving.health().accepting());

      assertThat(refusing.admit(ApiCall.of("GET", "/v1/x", key)))
          .isInstanceOfSatisfying(
              Denied.class,
              denied -> assertThat(denied.reason()).isEqualTo(Reason.METERING_UNAVAILABLE));
      assertThat(settled(serving, other)).isTrue();
      assertThat(serving.health().unmetered()).isEqualTo(1);

      server = nodes.start(port, KEEPS).awaitReady();
      TestNodes.await("it accepts again", () -> refusing.health().accepting());
      TestNodes.await("it accepts again", () -> serving.health().accepting());
      assertThat(settled(refusing, key)).isTrue();
      assertThat(all()).hasSize(4);
    }
  }

  private Monetizer engine(Path data, OnFullJournal policy) {
    String tiers = "tiers: {free: {price: 0, rate_limit: 1000/s, endpoints: [/v1/*]}}";
    return Monetizer.builder()
        .tiers(TierCatalog.parse("tiers.yml", tiers))
        .dataDirectory(data)
        .onFullJournal(policy)
        .usageJournal(quick(RedisUsageJournal.on(redis)))
        .build();
  }

  private static String key(Monetizer engine) {
    engine.accounts().createCustomer("acme", "Acme", "free");
    return engine.accounts().issueKey("acme", "").takeSecret();
  }

  private static boolean settled(Monetizer engine, String key) {
    if (engine.admit(ApiCall.of("GET", "/v1/x", key)) instanceof Granted call) {
      call.settle(Outcome.answered(200));
      return true;
    }
    return false;
  }
}
