// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/** {@link ExportFormat#CSV}. */
final class CsvExport implements EventExport {

  private static final String NAMES =
      "id,time,settled,customer,key,tier,endpoint,status,client_gone";
  private static final String FORMULA = "=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20";

  private final StringBuilder line = new StringBuilder();
  private final TreeSet<String> meters;
  private final Appendable to;

  CsvExport(Collection<String> meters, Appendable to) {
    this.meters = new TreeSet<>(meters);
    this.to = to;
  }

  @Override
  public void begin() throws IOException {
    line.append(NAMES);
    meters.forEach(meter -> cell("meter:" + meter));
    cell("other_meters");
    cell("windows");
    endLine();
  }

  @Override
  public void event(RecordedEvent recorded) throws IOException {
    UsageEvent event = recorded.event();
    line.append(recorded.id());
    cell(EventJson.time(event.time()));
    cell(EventJson.time(event.settled()));
    text(event.customer());
    text(event.key());
    text(event.tier());
    text(event.endpoint());
    line.append(',').append(event.status());
    line.append(',').append(event.clientGone());
    measures(event.measures());
    cell(EventJson.windows(event.windows()));
    endLine();
  }

  private void measures(List<Measure> measures) throws IOException {
    for (String meter : meters) {
      line.append(',');
      for (Measure measure : measures) {
        if (measure.meter().equals(meter)) {
          line.append(measure.units());
        }
      }
    }
    List<Measure> others = new ArrayList<>(measures);
    others.removeIf(measure -> meters.contains(measure.meter()));
    cell(others.isEmpty() ? "" : EventJson.measures(others));
  }

  /** A text that others chose: never a formula. */
  private void text(String value) {
    boolean formula = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0;
    cell(formula ? "'" + value : value);
  }

  private void cell(String value) {
    line.append(',');
    if (plain(value)) {
      line.append(value);
    } else {
      line.append('"').append(value.replace("\"", "\"\"")).append('"');
    }
  }

  private static boolean plain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c <= ' ' || c == '"' || c == ',' || c == ';') {
        return false;
      }
    }
    return true;
  }

  private void endLine() throws IOException {
    to.append(line.append("\r\n"));
    line.setLength(0);
  }
}
