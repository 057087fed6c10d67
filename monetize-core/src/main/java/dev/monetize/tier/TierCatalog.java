// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tiers, from lowest to highest, with the endpoints they share. Immutable. */
public final class TierCatalog {

  private TierCatalog() {}

  /**
   * Reads a tier file, YAML or JSON.
   *
   * @throws TierFaultsException if it is no good, with every fault found
   */
  public static TierCatalog load(Path file) {
    throw new UnsupportedOperationException("helper B");
  }

  /** The tiers, lowest first. */
  public List<Tier> tiers() {
    throw new UnsupportedOperationException("helper B");
  }

  /** A tier by name. */
  public Optional<Tier> tier(String name) {
    throw new UnsupportedOperationException("helper B");
  }

  /**
   * Where a call leads. Allocates nothing.
   *
   * @param path decoded, in normal form, beginning with a slash
   */
  public Route route(String method, String path) {
    throw new UnsupportedOperationException("helper B");
  }

  /** The endpoints that {@link #route} can lead to. */
  public List<Endpoint> endpoints() {
    throw new UnsupportedOperationException("helper B");
  }

  /** Names of all meters counted, priced or limited, {@code calls} first. */
  public List<String> meters() {
    throw new UnsupportedOperationException("helper B");
  }

  /** Where customers upgrade, for the link in refusals. */
  public Optional<String> upgradeUrl() {
    throw new UnsupportedOperationException("helper B");
  }

  /** The file it was read from. */
  public Optional<Path> source() {
    throw new UnsupportedOperationException("helper B");
  }

  /** What each tier may call, and where its limits are, for people to read; several lines. */
  public String describe() {
    throw new UnsupportedOperationException("helper B");
  }
}
