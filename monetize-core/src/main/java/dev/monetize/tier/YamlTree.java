// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.tier;

import dev.monetize.tier.FileNode.Entries;
import dev.monetize.tier.FileNode.Entry;
import dev.monetize.tier.FileNode.Items;
import dev.monetize.tier.FileNode.Refused;
import dev.monetize.tier.FileNode.Scalar;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML into {@link FileNode}s, from the parser's events: so no alias is followed, no tag is
 * obeyed, and no text turns into a number or date on the way.
 */
final class YamlTree {

  private static final int DEEPEST = 12;

  private final String source;
  private final String text;
  private final Faults faults;
  private Iterator<Event> events = List.<Event>of().iterator();

  private YamlTree(FileText file, Faults faults) {
    this.source = file.name();
    this.text = file.text();
    this.faults = faults;
  }

  /** The tree; throws with a single fault if the text is no YAML. */
  static FileNode read(FileText file, Faults faults) {
    return new YamlTree(file, faults).document();
  }

  private FileNode document() {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(source).setUseMarks(true).build();
      events = new Parse(settings).parseString(text).iterator();
      events.next();
      Event start = events.next();
      if (start.getEventId() == Event.ID.StreamEnd) {
        throw refused(new Place(source, 1, 1), "the file is empty, expected tiers");
      }
      FileNode root = node(events.next(), 0);
      events.next();
      Event end = events.next();
      if (end.getEventId() != Event.ID.StreamEnd) {
        throw refused(place(end), "expected one document, without --- for a second");
      }
      return root;
    } catch (MarkedYamlEngineException e) {
      throw refused(
          e.getProblemMark().map(this::place).orElse(Place.of(source)),
          "this is no YAML: " + reason(e));
    } catch (ReaderException e) {
      throw refused(placeOf(e.getPosition()), "this is no YAML: a character that is not allowed");
    } catch (YamlEngineException e) {
      throw refused(Place.of(source), "this is no YAML: " + e.getMessage());
    }
  }

  private FileNode node(Event event, int depth) {
    if (depth > DEEPEST) {
      throw refused(place(event), "expected at most " + DEEPEST + " levels");
    }
    if (event instanceof AliasEvent) {
      return refuse(event, "an alias (*) is not supported, write the value itself");
    }
    if (event instanceof ScalarEvent scalar) {
      FileNode read = new Scalar(place(event), scalar.getValue(), !scalar.isPlain());
      return checked(scalar, scalar.getAnchor(), scalar.getTag(), read);
    }
    CollectionStartEvent start = (CollectionStartEvent) event;
    boolean map = event.getEventId() == Event.ID.MappingStart;
    FileNode read = map ? entries(event, depth) : items(event, depth);
    return checked(start, start.getAnchor(), start.getTag(), read);
  }

  private FileNode checked(
      Event event, Optional<Anchor> anchor, Optional<String> tag, FileNode read) {
    if (anchor.isPresent()) {
      return refuse(event, "an anchor (&) is not supported, write the value where it is needed");
    }
    return tag.isPresent() ? refuse(event, "a tag (!) is not supported") : read;
  }

  private FileNode items(Event start, int depth) {
    List<FileNode> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event, depth + 1));
      event = events.next();
    }
    return new Items(place(start), items);
  }

  private FileNode entries(Event start, int depth) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      FileNode key = node(event, depth + 1);
      FileNode value = node(events.next(), depth + 1);
      if (key instanceof Scalar name) {
        add(entries, name, value);
      } else if (!(key instanceof Refused)) {
        faults.add(key.place(), "expected a name before the colon");
      }
      event = events.next();
    }
    return new Entries(place(start), entries);
  }

  private void add(Map<String, Entry> entries, Scalar name, FileNode value) {
    Entry first = entries.putIfAbsent(name.text(), new Entry(name.place(), value));
    if (first != null) {
      faults.add(
          name.place(),
          Shown.quoted(name.text()) + " stands here twice, first in line " + first.place().line());
    }
  }

  private FileNode refuse(Event event, String why) {
    faults.add(place(event), why);
    return new Refused(place(event));
  }

  private TierFaultsException refused(Place place, String why) {
    faults.add(place, why);
    return faults.exception();
  }

  private Place place(Event event) {
    return event.getStartMark().map(this::place).orElse(Place.of(source));
  }

  private Place place(Mark mark) {
    return new Place(source, mark.getLine() + 1, mark.getColumn() + 1);
  }

  private Place placeOf(int index) {
    String before = text.substring(0, Math.min(index, text.length()));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return new Place(source, line, before.length() - before.lastIndexOf('\n'));
  }

  private static String reason(MarkedYamlEngineException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ", ";
    String reason = context + e.getProblem();
    return reason.endsWith("got {")
        ? reason + "; inside [ ] put a pattern with {…} in quotes"
        : reason;
  }
}
