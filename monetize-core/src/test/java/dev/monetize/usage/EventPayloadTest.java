// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EventPayloadTest {

  private final byte[] bytes = new byte[RecordFrame.MAX_PAYLOAD];
  private final PayloadWriter writer = new PayloadWriter(bytes);
  private final PayloadReader reader = new PayloadReader(bytes);

  private UsageEvent throughBytes(UsageEvent event) {
    writer.position(0);
    EventPayload.write(event, writer);
    reader.range(0, writer.position());
    UsageEvent read = EventPayload.read(reader);
    assertThat(reader.exhausted()).isTrue();
    return read;
  }

  @Test
  void event_comesBackAsItWas() {
    long seed = 20261120;
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      UsageEvent event = Events.random(random);
      assertThat(throughBytes(event)).as("seed %d, step %d", seed, i).isEqualTo(event);
    }
  }

  @Test
  void largestEvent_fitsARecord() {
    String wide = "\u20ac".repeat(UsageEvent.MAX_NAME);
    String meter = "\u20ac".repeat(UsageEvent.MAX_METER - 2);
    List<Measure> measures = new ArrayList<>();
    List<QuotaWindow> windows = new ArrayList<>();
    for (int i = 10; i < 10 + UsageEvent.MAX_ITEMS; i++) {
      measures.add(new Measure(meter + i, Long.MAX_VALUE));
      windows.add(new QuotaWindow(wide, meter + i, true, Long.MIN_VALUE));
    }
    String endpoint = "\ud800".repeat(UsageEvent.MAX_ENDPOINT);
    UsageEvent event =
        new UsageEvent(
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            wide,
            wide,
            wide,
            endpoint,
            Integer.MIN_VALUE,
            true,
            measures,
            windows,
            new ExternalId(-1, Long.MIN_VALUE, 1));

    assertThat(throughBytes(event)).isEqualTo(event);
  }

  @Test
  void layoutOfACall_isAsItWas() {
    writer.position(0);
    EventPayload.write(Events.call("acme"), writer);

    assertThat(HexFormat.of().formatHex(bytes, 0, writer.position()))
        .isEqualTo(
            "01" // layout
                + "00804e8d0fbfe918" // time
                + "80897a" // settled 1 ms later
                + "9003" // status 200
                + "00"
                + "0461636d65"
                + "036b6579"
                + "0370726f"
                + "052f76312f78"
                + "01"
                + "0563616c6c73"
                + "01"
                + "00");
  }

  @Test
  void repeatedText_isReadAsOneInstance() {
    String first = throughBytes(Events.call("acme")).customer();

    assertThat(throughBytes(Events.call("acme")).customer()).isSameAs(first);
  }

  @Test
  void laterLayout_isRefused() {
    writer.position(0);
    EventPayload.write(Events.call("acme"), writer);
    bytes[0] = 3;
    reader.range(0, writer.position());

    assertThatThrownBy(() -> EventPayload.read(reader))
        .hasMessage("event layout 3 is of a later version");
  }

  @Test
  void endlessCount_isRefused() {
    writer.position(0);
    writer.putVarint(1 << 30);
    reader.range(0, writer.position());

    assertThatThrownBy(reader::readString).hasMessage("a count of 1073741824 exceeds the record");
  }
}
