// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.examples.quickstart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.monetize.Granted;
import dev.monetize.servlet.MonetizeFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Answers every word of the prompt twice, and counts a token for each word that it answers. */
final class Generate extends HttpServlet {

  private static final long serialVersionUID = 1L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_PROMPT = 1 << 20;

  private final transient ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(2);

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<List<String>> answer = answer(request);
    if (answer.isEmpty()) {
      response.sendError(HttpServletResponse.SC_BAD_REQUEST, "send {\"prompt\": \"...\"}");
      return;
    }
    List<String> words = answer.get();
    if ("true".equals(request.getParameter("stream"))) {
      stream(request, response, words);
    } else {
      MonetizeFilter.call(request).add("tokens", words.size());
      response.setContentType("application/json");
      response
          .getWriter()
          .println(JSON.writeValueAsString(Map.of("answer", String.join(" ", words))));
    }
  }

  /** The words of the answer, or empty if there is no prompt. */
  private static Optional<List<String>> answer(HttpServletRequest request) throws IOException {
    JsonNode prompt;
    try {
      prompt = JSON.readTree(request.getInputStream().readNBytes(MOST_PROMPT)).path("prompt");
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    if (!prompt.isTextual()) {
      return Optional.empty();
    }
    List<String> words = new ArrayList<>();
    Arrays.stream(prompt.textValue().split("(?U)\\s+"))
        .filter(word -> !word.isEmpty())
        .forEach(word -> words.addAll(List.of(word, word)));
    return Optional.of(words);
  }

  private void stream(HttpServletRequest request, HttpServletResponse response, List<String> words)
      throws IOException {
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    AsyncContext context = request.startAsync();
    context.setTimeout(0);
    Granted call = MonetizeFilter.call(request);
    new WordStream(clock, context, call, words).start();
  }

  @Override
  public void destroy() {
    clock.shutdownNow();
  }
}
