// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import java.io.IOException;

/** {@link ExportFormat#JSON_LINES}. */
final class JsonLinesExport implements EventExport {

  private final Appendable to;

  JsonLinesExport(Appendable to) {
    this.to = to;
  }

  @Override
  public void begin() {}

  @Override
  public void event(RecordedEvent recorded) throws IOException {
    to.append(EventJson.event(recorded)).append('\n');
  }
}
