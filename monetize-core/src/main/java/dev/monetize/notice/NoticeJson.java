// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.notice;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A notice as the body of a webhook; the same bytes whenever it is sent. */
final class NoticeJson {

  private static final JsonFactory JSON = new JsonFactory();

  private NoticeJson() {}

  static byte[] of(Notice notice) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(400);
    try (JsonGenerator to = JSON.createGenerator(bytes)) {
      to.writeStartObject();
      to.writeStringField("type", notice.type());
      to.writeStringField("timestamp", notice.at().toString());
      to.writeObjectFieldStart("data");
      to.writeStringField("id", notice.id());
      to.writeStringField("customer", notice.customer());
      if (notice instanceof Notice.QuotaReached quota) {
        quota(quota, to);
      } else if (notice instanceof Notice.SpendReached spend) {
        spend(spend, to);
      } else if (notice instanceof Notice.KeyExpires key) {
        to.writeStringField("key", key.key());
        to.writeStringField("expires", key.ends().toString());
        to.writeNumberField("days", key.days());
      }
      to.writeEndObject();
      to.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("memory takes bytes", e);
    }
    return bytes.toByteArray();
  }

  private static void quota(Notice.QuotaReached quota, JsonGenerator to) throws IOException {
    if (quota.key().isPresent()) {
      to.writeStringField("key", quota.key().get());
    }
    to.writeStringField("quota", quota.quota());
    to.writeStringField("meter", quota.meter());
    to.writeStringField("start", quota.start().toString());
    to.writeStringField("end", quota.ends().toString());
    to.writeNumberField("included", quota.included());
    to.writeNumberField("used", quota.used());
    to.writeNumberField("percent", quota.percent());
  }

  private static void spend(Notice.SpendReached spend, JsonGenerator to) throws IOException {
    to.writeStringField("quota", spend.quota());
    to.writeStringField("start", spend.start().toString());
    to.writeStringField("end", spend.ends().toString());
    to.writeStringField("currency", spend.cap().currency().getCurrencyCode());
    to.writeStringField("cap", spend.cap().amount().toPlainString());
    to.writeStringField("amount", spend.amount().amount().toPlainString());
    to.writeNumberField("percent", spend.percent());
  }
}
