// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import java.util.List;
import java.util.Map;

/** A part of a file as it was written: texts, not yet values, each with its place. */
sealed interface FileNode {

  /** Where it begins. */
  Place place();

  /**
   * A text.
   *
   * @param quoted whether it stood in quotes, so that true is a text and not a truth
   */
  record Scalar(Place place, String text, boolean quoted) implements FileNode {}

  /** A list. */
  record Items(Place place, List<FileNode> items) implements FileNode {}

  /** A map, in the order of the file. */
  record Entries(Place place, Map<String, Entry> entries) implements FileNode {}

  /** A value that was refused where it was read; nothing more is to be said of it. */
  record Refused(Place place) implements FileNode {}

  /** A value of a map, with the place of its key. */
  record Entry(Place place, FileNode value) {}
}
