// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The repository's README, and the code in it: a fence after a comment {@code <!-- snippet: x -->}.
 */
final class Readme {

  static final String TEXT = read(Path.of("..", "README.md"));

  private static final Pattern NAMED =
      Pattern.compile("<!-- snippet: ([a-z-]+) -->\n```[a-z]+\n(.*?)```\n", Pattern.DOTALL);
  private static final Pattern FENCE = Pattern.compile("```([a-z]+)\n(.*?)```\n", Pattern.DOTALL);

  private Readme() {}

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A snippet, as printed. */
  static String snippet(String name) {
    Matcher matcher = NAMED.matcher(TEXT);
    while (matcher.find()) {
      if (matcher.group(1).equals(name)) {
        return matcher.group(2);
      }
    }
    throw new IllegalArgumentException("the README has no snippet " + name);
  }

  /** Names of all snippets that have one. */
  static List<String> names() {
    return NAMED.matcher(TEXT).results().map(found -> found.group(1)).toList();
  }

  /** All blocks of a language, named or not. */
  static List<String> blocks(String language) {
    return blocks(TEXT, language);
  }

  /** All blocks of a language in another file. */
  static List<String> blocks(Path file, String language) {
    return blocks(read(file), language);
  }

  private static List<String> blocks(String text, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = FENCE.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(language)) {
        blocks.add(matcher.group(2));
      }
    }
    return blocks;
  }

  /** The first shell block under a heading. */
  static String firstShellBlock(String heading) {
    int start = TEXT.indexOf("## " + heading + "\n");
    return blocks(TEXT.substring(start), "sh").get(0).strip();
  }
}
