// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.monetize.servlet.MonetizeFilter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A key is read from one place and has one value; whatever else is sent is refused, uncounted. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialTest {

  private static final String TIERS =
      """
      tiers:
        one:
          price: 0
          endpoints: [/v1/*]
      """;

  private final List<Api> apis = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    for (Container.Kind kind : Container.Kind.values()) {
      apis.add(
          Api.start(
              kind,
              directory.resolve(kind.name()),
              TIERS,
              (context, monetizer) -> {
                MonetizeFilter.register(context, monetizer, "/v1/*");
                App.map(context, "/v1/*", (request, response) -> {});
              }));
    }
  }

  @AfterAll
  void stop() throws Exception {
    for (Api api : apis) {
      api.stop();
    }
  }

  /** Headers with {K} for a key, {L} for another customer's, and what they are answered. */
  Stream<Object[]> cases() {
    List<Object[]> cases =
        List.of(
            new Object[] {"no key", List.of(), "401 no_credential"},
            new Object[] {"bad checksum", List.of("X-API-Key: {K}x"), "401 unknown_key"},
            new Object[] {
              "two headers", List.of("X-API-Key: {K}", "X-API-Key: {L}"), "400 ambiguous_credential"
            },
            new Object[] {
              "the same twice",
              List.of("X-API-Key: {K}", "X-API-Key: {K}"),
              "400 ambiguous_credential"
            },
            new Object[] {"comma-joined", List.of("X-API-Key: {K}, {L}"), "401 unknown_key"},
            new Object[] {
              "two places, two keys",
              List.of("X-API-Key: {K}", "Authorization: Bearer {L}"),
              "400 ambiguous_credential"
            },
            new Object[] {
              "two bearers",
              List.of("Authorization: Bearer {K}", "Authorization: Bearer {L}"),
              "400 ambiguous_credential"
            },
            new Object[] {"alias _", List.of("X_API_Key: {K}"), "400 ambiguous_credential"},
            new Object[] {"alias .", List.of("X.API.Key: {K}"), "400 ambiguous_credential"},
            new Object[] {
              "alias beside the real one",
              List.of("X-API-Key: {K}", "x_api-key: {L}"),
              "400 ambiguous_credential"
            },
            new Object[] {"empty", List.of("X-API-Key:"), "401"},
            new Object[] {"blank", List.of("X-API-Key:    "), "401"},
            new Object[] {"16 KB", List.of("X-API-Key: " + "K".repeat(16_384)), "401|431|400"},
            new Object[] {"latin-1", List.of("X-API-Key: {K}\u00e9"), "401|400"},
            new Object[] {
              "homoglyph",
              List.of("X-API-Key: mk_l\u00d1\u0096ve_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
              "401|400"
            },
            new Object[] {"obs-fold", List.of("X-API-Key:\r\n {K}"), "200|400"},
            new Object[] {"obs-fold of two", List.of("X-API-Key: {K}\r\n {L}"), "401|400"},
            new Object[] {"space before colon", List.of("X-API-Key : {K}"), "401|400"},
            new Object[] {
              "somebody else's token",
              List.of("Authorization: Bearer eyJhbGciOiJub25lIn0.e30."),
              "401 no_credential"
            },
            new Object[] {"basic", List.of("Authorization: Basic Szo="), "401 no_credential"},
            new Object[] {
              "both lengths",
              List.of("X-API-Key: {K}", "Content-Length: 3", "Content-Length: 4"),
              "400"
            },
            new Object[] {"plain", List.of("X-API-Key: {K}"), "200"},
            new Object[] {"bearer", List.of("Authorization: Bearer {K}"), "200"},
            new Object[] {"bearer in any case", List.of("authorization: bEARER {K}"), "200"},
            new Object[] {
              "both places, one key", List.of("X-API-Key: {K}", "Authorization: Bearer {K}"), "200"
            },
            new Object[] {
              "key and somebody else's token",
              List.of("X-API-Key: {K}", "Authorization: Bearer abc"),
              "200"
            },
            new Object[] {"tabs around", List.of("X-API-Key:\t {K} \t"), "200|400"},
            new Object[] {"lower case", List.of("x-api-key: {K}"), "200"});
    return apis.stream()
        .flatMap(api -> cases.stream().map(one -> new Object[] {api, one[0], one[1], one[2]}));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void credential(Api api, String name, List<String> headers, String expected) throws Exception {
    Client client = api.client("one");
    Client other = api.client("one");
    String[] sent =
        headers.stream()
            .map(header -> header.replace("{K}", client.key()).replace("{L}", other.key()))
            .toArray(String[]::new);

    Answer answer = api.send("GET /v1/x", sent);

    String[] words = expected.split(" ");
    assertThat(words[0].split("\\|")).contains(String.valueOf(answer.status()));
    if (words.length > 1) {
      assertThat(answer.reason()).isEqualTo(words[1]);
      assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
      assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
      assertThat(answer.body().toLowerCase(Locale.ROOT))
          .doesNotContain(client.key().toLowerCase(Locale.ROOT));
    }
    assertThat(answer.header("WWW-Authenticate") != null).isEqualTo(answer.status() == 401);
    assertThat(api.calls(client.key())).isEqualTo(answer.status() == 200 ? 1 : 0);
    assertThat(api.calls(other.key())).isZero();
  }

  Stream<Api> apis() {
    return apis.stream();
  }

  @ParameterizedTest
  @MethodSource("apis")
  void keyInTheQuery_isNotRead(Api api) throws Exception {
    Client client = api.client("one");

    Answer answer = api.send("GET /v1/x?api_key=" + client.key() + "&X-API-Key=" + client.key());

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.reason()).isEqualTo("no_credential");
    assertThat(api.calls(client.key())).isZero();
  }
}
