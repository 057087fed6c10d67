// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.monetize.tier.FileNode.Entries;
import dev.monetize.tier.FileNode.Entry;
import dev.monetize.tier.FileNode.Items;
import dev.monetize.tier.FileNode.Scalar;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads JSON into {@link FileNode}s; numbers stay as they were written. */
final class JsonTree {

  private static final int DEEPEST = 12;
  private static final JsonFactory JSON = new JsonFactory();

  private final String source;
  private final JsonParser parser;
  private final Faults faults;

  private JsonTree(String source, JsonParser parser, Faults faults) {
    this.source = source;
    this.parser = parser;
    this.faults = faults;
  }

  /** The tree; throws with a single fault if the text is no JSON. */
  static FileNode read(FileText file, Faults faults) {
    try (JsonParser parser = JSON.createParser(file.text())) {
      return new JsonTree(file.name(), parser, faults).document();
    } catch (JsonProcessingException e) {
      throw refused(
          faults,
          place(file.name(), e.getLocation()),
          "this is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw refused(faults, Place.of(file.name()), "this is no JSON: " + e.getMessage());
    }
  }

  private FileNode document() throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      throw refused(faults, new Place(source, 1, 1), "the file is empty, expected tiers");
    }
    FileNode root = node(first, 0);
    if (parser.nextToken() != null) {
      throw refused(faults, here(), "expected nothing after the end of the value");
    }
    return root;
  }

  private FileNode node(@Nullable JsonToken token, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw refused(faults, here(), "expected at most " + DEEPEST + " levels");
    }
    if (token == JsonToken.START_OBJECT) {
      return entries(depth);
    }
    if (token == JsonToken.START_ARRAY) {
      return items(depth);
    }
    return new Scalar(here(), parser.getText(), token == JsonToken.VALUE_STRING);
  }

  private FileNode items(int depth) throws IOException {
    Place start = here();
    List<FileNode> items = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      items.add(node(token, depth + 1));
    }
    return new Items(start, items);
  }

  private FileNode entries(int depth) throws IOException {
    Place start = here();
    Map<String, Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Place place = here();
      String name = parser.currentName();
      Entry first = entries.get(name);
      Entry entry = new Entry(place, node(parser.nextToken(), depth + 1));
      if (first == null) {
        entries.put(name, entry);
      } else {
        faults.add(
            place,
            Shown.quoted(name) + " stands here twice, first in line " + first.place().line());
      }
    }
    return new Entries(start, entries);
  }

  private Place here() {
    return place(source, parser.currentTokenLocation());
  }

  private static Place place(String source, @Nullable JsonLocation location) {
    return location == null
        ? Place.of(source)
        : new Place(source, location.getLineNr(), location.getColumnNr());
  }

  private static TierFaultsException refused(Faults faults, Place place, String why) {
    faults.add(place, why);
    return faults.exception();
  }
}
