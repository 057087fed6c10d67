// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.usage;

/** How an export is laid out. Text is for UTF-8; times have nine digits of a second. */
public enum ExportFormat {
  /**
   * CSV as in RFC 4180, with a line of names first:
   *
   * <pre>
   * id,time,settled,customer,key,tier,endpoint,status,client_gone,
   * meter:&lt;name&gt; of each meter by name, other_meters, windows
   * </pre>
   *
   * <p>Lines end with CR LF. A meter that an event did not count is an empty cell. Meters without a
   * column of their own are in {@code other_meters}, as an object of JSON; {@code windows} are an
   * array of JSON. A text that begins with one of {@code = + - @}, their wide forms, a tab, a CR,
   * an LF or an apostrophe gets an apostrophe before it, so that no spreadsheet takes it for a
   * formula: whoever reads the cells takes off one apostrophe where there is one.
   */
  CSV,

  /**
   * One object of JSON per line, with the fields of {@link JsonLinesSink} (without {@code batch})
   * and {@code windows}:
   *
   * <pre>{@code
   * {"id":"<journal>:17","time":"2026-11-20T19:39:53.000000001Z","settled":"…","customer":"acme",
   *  "key":"key_1","tier":"pro","endpoint":"/v1/reports/{id}","status":200,"clientGone":false,
   *  "meters":{"calls":1},
   *  "windows":[{"quota":"calls/month","meter":"calls","perKey":false,"start":"…"}]}
   * }</pre>
   */
  JSON_LINES
}
