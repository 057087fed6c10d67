// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.monetize.Admission;
import dev.monetize.ApiCall;
import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Denied;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.MonetizerBuilder;
import dev.monetize.Outcome;
import dev.monetize.Reason;
import dev.monetize.UsageReport;
import dev.monetize.identity.ApiKey;
import dev.monetize.identity.KeyHash;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import dev.monetize.notice.Notice;
import dev.monetize.notice.NoticeListener;
import dev.monetize.notice.Notices;
import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.ExternalUsage;
import dev.monetize.usage.JournalFactory;
import dev.monetize.usage.JournalState;
import dev.monetize.usage.Recording;
import dev.monetize.usage.UsageJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/** Engines on one journal: usage, quotas, notices and ids of all instances as of one. */
@Timeout(60)
class SharedUsageTest {

  private static final String TIERS =
      """
      tiers:
        free: {price: 0, included_calls: 10/month, endpoints: [/v1/*]}
      """;

  @TempDir private Path data;
  private final RedisClient redis = TestRedis.empty();
  private final List<Running> all = new ArrayList<>();

  /** An engine, and its journal: to end it as the end of its process does. */
  private static final class Running implements JournalFactory {

    private final RedisUsageJournalBuilder settings;
    private RedisUsageJournal journal;
    private Monetizer monetizer;

    Running(RedisClient redis) {
      settings = JournalInstance.settings(redis);
    }

    @Override
    public UsageJournal open(InstantSource clock, List<JournalState> states) throws IOException {
      journal = settings.opened(clock, states);
      return journal;
    }

    @Override
    public boolean knowsIds() {
      return settings.knowsIds();
    }

    void kill() {
      journal.abandon();
    }
  }

  private Running start(String name, NoticeListener listener) {
    return startWith(name, builder -> builder.notices("told", listener));
  }

  private Running startWith(String name, UnaryOperator<MonetizerBuilder> more) {
    Running running = new Running(redis);
    running.monetizer =
        more.apply(
                Monetizer.builder()
                    .tiers(TierCatalog.parse("tiers.yml", TIERS))
                    .dataDirectory(data.resolve(name))
                    .keyFormat(MonetizeKeys.under(Pepper.of("test", new byte[32])))
                    .customers(RedisCustomers.on(redis))
                    .subscriptions(RedisSubscriptions.on(redis))
                    .limiter(used -> RedisRateLimiter.on(redis).restoredFrom(used).build())
                    .usageJournal(running))
            .build();
    all.add(running);
    return running;
  }

  @AfterEach
  void close() {
    all.forEach(running -> running.monetizer.close());
    redis.close();
  }

  private static String customer(Running at) {
    at.monetizer.accounts().createCustomer("acme", "Acme", "free");
    return at.monetizer.accounts().issueKey("acme", "").takeSecret();
  }

  private static Admission call(Running at, String key) {
    Admission admission = at.monetizer.admit(ApiCall.of("GET", "/v1/x", key));
    if (admission instanceof Granted granted) {
      granted.settle(Outcome.answered(200));
    }
    return admission;
  }

  private static void calls(Running at, int count, String key) {
    for (int i = 0; i < count; i++) {
      assertThat(call(at, key)).isInstanceOf(Granted.class);
    }
  }

  private static long used(Running at) {
    Caller caller = (Caller) at.monetizer.identify(Credential.customer("acme"), "");
    UsageReport report = at.monetizer.usage(caller);
    UsageReport.MeterUse calls = report.meters().get("calls");
    return calls == null ? 0 : calls.used();
  }

  @Test
  void usageOfEveryInstance_isInTheNextAnswerOfEach() {
    Running one = start("one", notice -> {});
    Running other = start("other", notice -> {});
    String key = customer(one);
    for (int i = 1; i <= 5; i++) {
      calls(one, 1, key);
      assertThat(used(other)).isEqualTo(2L * i - 1);
      calls(other, 1, key);
      assertThat(used(one)).isEqualTo(2L * i);
    }
  }

  @Test
  void quotaThatRedisForgot_isRestoredFromTheUseOfAll() {
    Running one = start("one", notice -> {});
    Running other = start("other", notice -> {});
    String key = customer(one);
    calls(one, 4, key);
    calls(other, 4, key);
    assertThat(used(one)).isEqualTo(8);
    redis.del("monetize:{acme}");

    calls(one, 2, key);

    assertThat(call(one, key))
        .matches(refused -> ((Denied) refused).reason() == Reason.QUOTA_EXCEEDED);
  }

  @Test
  void notices_ofTheUseOfAll_areToldOnce() {
    var told = new ConcurrentLinkedQueue<Notice>();
    Running one = start("one", told::add);
    Running other = start("other", told::add);
    String key = customer(one);
    calls(one, 4, key);
    calls(other, 6, key);

    TestNodes.await("80 and 100 % are told", () -> told.size() == 2);
    Notices notices = one.monetizer.notices().get();
    TestNodes.await(
        "that is written down",
        () -> notices.status().values().stream().allMatch(status -> status.waiting() == 0));
    one.kill();
    TestNodes.await("it is the other's turn", () -> other.monetizer.notices().get().turn());
    other.monetizer.close(); // tells what there is to tell
    assertThat(told)
        .extracting(notice -> ((Notice.QuotaReached) notice).percent())
        .containsExactly(80, 100);
  }

  /** Where all of it is elsewhere, an instance needs no disk. */
  @Test
  void dataDirectory_isNeededOnlyForWhatIsKeptThere() {
    MonetizerBuilder builder =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TIERS))
            .customers(hash -> Optional.empty());
    String needed = "dataDirectory(...) is needed: ";
    assertThatThrownBy(builder::build).hasMessage(needed + "where usage is kept");
    builder.usageJournal(new Running(redis));
    assertThatThrownBy(builder::build).hasMessage(needed + "where customers are kept");
    builder.customers(RedisCustomers.on(redis)).subscriptions(RedisSubscriptions.on(redis));
    assertThatThrownBy(builder::build)
        .hasMessage(needed + "where the secret that hashes keys is kept");

    builder.keyFormat(MonetizeKeys.under(Pepper.of("test", new byte[32])));
    try (Monetizer monetizer = builder.build()) {
      monetizer.accounts().createCustomer("acme", "Acme", "free");
      ExternalUsage usage = job(3);
      assertThat(monetizer.record(usage)).isInstanceOf(Recording.Recorded.class);
      assertThat(monetizer.record(usage)).isInstanceOf(Recording.Duplicate.class);
    }
    assertThat(data).isEmptyDirectory();
  }

  /** Keys that are told of wherever they were issued, by one of the instances. */
  @Test
  void endOfAKey_isToldOnce() {
    var told = new ConcurrentLinkedQueue<Notice>();
    RedisCustomers keys = RedisCustomers.on(redis);
    Instant now = Instant.now();
    keys.put(key("expires", now.plus(Duration.ofHours(20))));
    keys.put(key("expired", now.minus(Duration.ofHours(20))));
    keys.put(key("stays", now.plus(Duration.ofDays(300))));
    keys.put(key("revoked", now.plus(Duration.ofHours(20))));
    keys.put(key("revoked", now.plus(Duration.ofHours(20))).revokedAt(now));
    Running one = start("one", told::add);
    Running other = start("other", told::add);

    TestNodes.await("both are told", () -> told.size() == 2);
    TestNodes.await(
        "that is written down",
        () ->
            one.monetizer.notices().get().status().values().stream()
                .allMatch(status -> status.waiting() == 0));
    one.kill();
    TestNodes.await("it is the other's turn", () -> other.monetizer.notices().get().turn());
    keys.put(key("late", now.plus(Duration.ofHours(20))));
    Running third = start("third", told::add);
    other.monetizer.close();
    TestNodes.await("it is the third's turn", () -> third.monetizer.notices().get().turn());
    TestNodes.await("the late one too", () -> told.size() >= 3);
    third.monetizer.close(); // tells what there is to tell

    assertThat(told)
        .extracting(notice -> (Notice.KeyExpires) notice)
        .extracting(notice -> notice.key() + " " + notice.days())
        .containsExactlyInAnyOrder("expires 1", "expired 0", "late 1");
  }

  private static ApiKey key(String id, Instant end) {
    Instant created = Instant.parse("2026-01-14T10:00:00Z");
    return new ApiKey(id, "acme", KeyHash.sha256(id), "", created, end);
  }

  /** Killed while its listener takes one: the other one tells it, and what comes then. */
  @Test
  void noticesOfOneThatDies_areToldByAnother() {
    var tried = new ConcurrentLinkedQueue<Notice>();
    var told = new ConcurrentLinkedQueue<Notice>();
    CountDownLatch never = new CountDownLatch(1);
    Running one =
        start(
            "one",
            notice -> {
              tried.add(notice);
              never.await();
            });
    Running other = start("other", told::add);
    String key = customer(one);
    calls(other, 8, key);
    TestNodes.await("it is being told", () -> tried.size() == 1);
    one.kill();
    calls(other, 2, key);

    TestNodes.await("80 and 100 % are told", () -> told.size() == 2);
    never.countDown();
    assertThat(told.peek()).isEqualTo(tried.peek());
  }

  /** Nobody was told, since who would have died before. */
  @Test
  void useOfOneThatDies_isToldOfByAnother() {
    var told = new ConcurrentLinkedQueue<Notice>();
    Running one = startWith("one", builder -> builder);
    String key = customer(one);
    calls(one, 9, key);
    one.kill();

    start("other", told::add);

    TestNodes.await("80 % are told", () -> told.size() == 1);
  }

  @Test
  void idFromElsewhere_countsOnce_onWhateverInstance() {
    Running one = start("one", notice -> {});
    Running other = start("other", notice -> {});
    customer(one);
    assertThat(one.monetizer.record(job(3))).isInstanceOf(Recording.Recorded.class);
    assertThat(other.monetizer.record(job(3))).isInstanceOf(Recording.Duplicate.class);
    assertThat(other.monetizer.record(job(4))).isInstanceOf(Recording.Conflict.class);
    one.kill();
    Running third = start("third", notice -> {});
    assertThat(third.monetizer.record(job(3))).isInstanceOf(Recording.Duplicate.class);

    assertThat(used(other)).isEqualTo(3);
    assertThat(data.resolve("third").resolve("ids").resolve("ids.secret")).doesNotExist();
  }

  @Test
  void idThatTwoInstancesRecordAtOnce_countsOnce() throws Exception {
    Running one = start("one", notice -> {});
    Running other = start("other", notice -> {});
    customer(one);
    for (int i = 0; i < 50; i++) {
      ExternalUsage usage = job("both-" + i, 1);
      var there = new ConcurrentLinkedQueue<Recording>();
      Thread thread = new Thread(() -> there.add(other.monetizer.record(usage)));
      thread.start();
      Recording here = one.monetizer.record(usage);
      thread.join();
      assertThat(List.of(here, there.element()))
          .hasAtLeastOneElementOfType(Recording.Recorded.class)
          .hasAtLeastOneElementOfType(Recording.Duplicate.class);
    }
    assertThat(used(other)).isEqualTo(50);
  }

  private final Instant time = Instant.now();

  private ExternalUsage job(long units) {
    return job("job-1", units);
  }

  private ExternalUsage job(String id, long units) {
    return new ExternalUsage("acme", Map.of("calls", units), time, "queue", id);
  }
}
