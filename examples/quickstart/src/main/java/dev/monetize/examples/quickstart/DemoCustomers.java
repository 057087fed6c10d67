// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import dev.monetize.Accounts;
import dev.monetize.identity.Subscription;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * One customer of each tier. Monetize keeps only hashes of keys; so that the same keys can be shown
 * at every start, the demo notes them in a file. A real app hands a key out once and forgets it.
 */
public final class DemoCustomers {

  private final Path file;

  DemoCustomers(Path file) {
    this.file = file;
  }

  /** What the demo customers have: one each tier; the dearest one with values of its own. */
  public static List<Subscription> subscriptions() {
    return List.of(
        Subscription.to("free", "demo-free"),
        Subscription.to("pro", "demo-pro"),
        Subscription.to("enterprise", "demo-enterprise")
            .withOverrides(
                Map.of("rate_limit", "1000000/min", "included_calls", "10000000/month")));
  }

  /** The name of the customer who has a subscription. */
  public static String name(Subscription subscription) {
    return "Demo customer, " + subscription.tier();
  }

  /** The demo customers' keys, by tier; creates what is missing. */
  Map<String, String> in(Accounts accounts) throws IOException {
    Properties noted = read();
    Map<String, String> keys = new LinkedHashMap<>();
    for (Subscription subscription : subscriptions()) {
      String customer = subscription.customer();
      String tier = subscription.tier();
      if (accounts.customer(customer).isEmpty()) {
        accounts.createCustomer(customer, name(subscription), tier);
      }
      if (!subscription.overrides().isEmpty()) {
        accounts.override(customer, subscription.overrides());
      }
      String key = noted.getProperty(tier);
      if (key == null) {
        key = accounts.issueKey(customer, "demo").takeSecret();
        noted.setProperty(tier, key);
        write(noted);
      }
      keys.put(tier, key);
    }
    return keys;
  }

  private Properties read() throws IOException {
    Properties noted = new Properties();
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        noted.load(reader);
      }
    }
    return noted;
  }

  private void write(Properties noted) throws IOException {
    if (Files.notExists(file)
        && file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    try (Writer writer = Files.newBufferedWriter(file)) {
      noted.store(writer, "Keys of the demo customers");
    }
  }
}
