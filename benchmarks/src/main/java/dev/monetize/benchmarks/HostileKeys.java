// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.benchmarks;

import dev.monetize.ApiCall;
import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.Outcome;
import dev.monetize.identity.MonetizeKeys;
import dev.monetize.identity.Pepper;
import dev.monetize.tier.TierCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Ten million random keys, each with a right checksum and from a random address, and an honest
 * caller between them: prints how much the heap grew, and whether the honest caller's calls were
 * all counted.
 *
 * <pre>java -cp benchmarks/target/benchmarks.jar dev.monetize.benchmarks.HostileKeys [keys]</pre>
 */
public final class HostileKeys {

  private static final int HONEST_EVERY = 10_000;

  private HostileKeys() {}

  public static void main(String[] arguments) throws Exception {
    int keys = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000_000;
    Path data = Files.createTempDirectory("hostile-keys");
    try (Monetizer monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", BenchTiers.FILE))
            .dataDirectory(data)
            .build()) {
      monetizer.accounts().createCustomer("acme", "", "pro");
      Credential honest = Credential.key(monetizer.accounts().issueKey("acme", "").takeSecret());
      MonetizeKeys format = MonetizeKeys.under(Pepper.of("attacker", new byte[32]));
      SecureRandom random = new SecureRandom();
      call(monetizer, honest);
      long before = usedHeap();
      long calls = 1;
      long admitted = 0;
      for (int i = 0; i < keys; i++) {
        String key = format.generate(random, MonetizeKeys.Mode.LIVE).takeSecret();
        String address = "10." + (i >>> 16 & 255) + "." + (i >>> 8 & 255) + "." + (i & 255);
        ApiCall call = new ApiCall("GET", "/v1/x", Credential.key(key), address);
        admitted += monetizer.admit(call) instanceof Granted ? 1 : 0;
        if (i % HONEST_EVERY == 0) {
          call(monetizer, honest);
          calls++;
        }
      }
      long grown = usedHeap() - before;
      long counted =
          monetizer.usage((Caller) monetizer.identify(honest, "")).meters().get("calls").used();
      System.out.printf(
          "%d random keys: heap grew by %.1f MB, %d were admitted; honest caller: %d calls, %d"
              + " counted%n",
          keys, grown / 1e6, admitted, calls, counted);
    }
  }

  private static void call(Monetizer monetizer, Credential honest) {
    ApiCall call = new ApiCall("GET", "/v1/x", honest, "192.0.2.1");
    if (monetizer.admit(call) instanceof Granted granted) {
      granted.settle(Outcome.answered(200));
    } else {
      throw new IllegalStateException("the honest caller was refused");
    }
  }

  private static long usedHeap() throws InterruptedException {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
