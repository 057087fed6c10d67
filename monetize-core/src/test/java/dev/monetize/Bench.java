// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize;

import dev.monetize.tier.TierCatalog;
import dev.monetize.usage.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An engine on a workbench: with tiers, a clock to turn, and customers to call as. */
final class Bench implements AutoCloseable {

  static final Instant START = Instant.parse("2026-03-10T12:00:00Z");

  static final String TIERS =
      """
      endpoints:
        POST /v1/generate: {meters: {tokens: {units: handler, estimate: 10}}}
        GET /v1/search: {cost: 5}
        GET /v1/slow: {meters: {compute: {units: elapsed}}}
      public: [/v1/status]
      tiers:
        free:
          price: 0
          included_calls: 20/month
          rate_limit: 10/min
          endpoints: [/v1/basic/*, /v1/search]
        pro:
          price: 49/month
          included_calls: 1000/month
          rate_limit: 100/min
          concurrency: 3
          quotas: {tokens: {included: 100/day, past_quota: block}}
          endpoints: [/v1/*]
          overage: $0.002/call
          features: {export: true, seats: 5}
        enterprise:
          price: custom
          included_calls: custom
          rate_limit: custom
          endpoints: [/v1/*, /v1/admin/*]
      """;

  final List<UsageEvent> shipped = new CopyOnWriteArrayList<>();
  private final Path data;
  private final String tiers;
  Instant now = START;
  Monetizer monetizer;

  Bench(Path data) {
    this(data, TIERS);
  }

  /** One that sells something else. */
  Bench(Path data, String tiers) {
    this.data = data;
    this.tiers = tiers;
    this.monetizer = open();
  }

  TierCatalog tiers() {
    return TierCatalog.parse("tiers.yml", tiers);
  }

  MonetizerBuilder builder() {
    return Monetizer.builder()
        .tiers(tiers())
        .dataDirectory(data)
        .clock(() -> now)
        .sink("list", batch -> shipped.addAll(batch.events()));
  }

  private Monetizer open() {
    return builder().build();
  }

  void restart() {
    monetizer.close();
    monetizer = open();
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** A new customer of a tier; returns a key of it. */
  String customer(String id, String tier) {
    monetizer.accounts().createCustomer(id, "", tier);
    return key(id);
  }

  String key(String customer) {
    return monetizer.accounts().issueKey(customer, "").takeSecret();
  }

  Admission get(String path, String key) {
    return monetizer.admit(ApiCall.of("GET", path, key));
  }

  /** Calls an endpoint that answers 200; whether it was admitted. */
  boolean call(String path, String key) {
    if (get(path, key) instanceof Granted call) {
      call.settle(Outcome.answered(200));
      return true;
    }
    return false;
  }

  Granted granted(String method, String path, String key) {
    Admission admission = monetizer.admit(ApiCall.of(method, path, key));
    if (admission instanceof Granted call) {
      return call;
    }
    throw new AssertionError("not granted: " + admission);
  }

  Denied denied(String path, String key) {
    Admission admission = get(path, key);
    if (admission instanceof Denied denied) {
      return denied;
    }
    throw new AssertionError("not denied: " + admission);
  }

  UsageReport usage(String key) {
    return monetizer.usage((Caller) monetizer.identify(Credential.key(key), ""));
  }

  long used(String meter, String key) {
    return usage(key).meters().get(meter).used();
  }

  static Map<String, String> enterprise() {
    return Map.of("rate_limit", "1000000/min", "included_calls", "10000000/month");
  }

  @Override
  public void close() {
    monetizer.close();
  }
}
