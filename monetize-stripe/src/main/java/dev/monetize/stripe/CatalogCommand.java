// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.stripe;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command line asks for.
 *
 * @param applies whether it is to be done, and not only told
 * @param meters event names by meter
 * @param products names by tier
 */
record CatalogCommand(
    boolean applies,
    String file,
    String prefix,
    Map<String, String> meters,
    Map<String, String> products,
    boolean json) {

  /** A command line that asks for nothing that there is; without a message, for help. */
  static final class UsageException extends Exception {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  static CatalogCommand parse(List<String> args) throws UsageException {
    if (args.isEmpty()) {
      throw new UsageException("");
    }
    if (!List.of("plan", "apply").contains(args.get(0))) {
      throw new UsageException("expected plan or apply, got " + args.get(0));
    }
    if (args.size() < 2 || args.get(1).startsWith("--")) {
      throw new UsageException("expected a tier file after " + args.get(0));
    }
    String prefix = "monetize";
    boolean json = false;
    Map<String, String> meters = new LinkedHashMap<>();
    Map<String, String> products = new LinkedHashMap<>();
    Iterator<String> options = args.subList(2, args.size()).iterator();
    while (options.hasNext()) {
      String option = options.next();
      switch (option) {
        case "--prefix" -> prefix = value(option, options);
        case "--meter" -> pair(option, value(option, options), meters);
        case "--product" -> pair(option, value(option, options), products);
        case "--json" -> json = true;
        default -> throw new UsageException("unknown option " + option);
      }
    }
    return new CatalogCommand(
        args.get(0).equals("apply"), args.get(1), prefix, meters, products, json);
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException("expected a value after " + option);
    }
    return rest.next();
  }

  private static void pair(String option, String text, Map<String, String> pairs)
      throws UsageException {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new UsageException("expected <name>=<value> after " + option + ", got " + text);
    }
    pairs.put(text.substring(0, equals), text.substring(equals + 1));
  }

  StripeCatalog catalog(StripeConnection connection) {
    StripeCatalogBuilder builder = StripeCatalog.builder(connection).prefix(prefix);
    meters.forEach(builder::meter);
    products.forEach(builder::product);
    return builder.build();
  }
}
