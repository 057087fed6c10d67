// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.spy;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.monetize.ApiCall;
import dev.monetize.Caller;
import dev.monetize.Credential;
import dev.monetize.Granted;
import dev.monetize.Monetizer;
import dev.monetize.limit.InMemoryRateLimiter;
import dev.monetize.limit.RateLimiter;
import dev.monetize.tier.TierCatalog;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.ArgumentCaptor;

/** What the filter does where a container, an app or the engine misbehaves. */
class MonetizeFilterTest {

  private static final String TIERS =
      """
      endpoints:
        /v1/metered:
          meters:
            tokens: header X-Tokens
      tiers:
        one:
          price: 0
          concurrency: 1
          endpoints: [/v1/*, /v1/metered]
      """;

  private final RateLimiter limiter = spy(new InMemoryRateLimiter());
  private final HttpServletResponse response = mock();
  private final FilterChain chain = mock();
  private Monetizer monetizer;
  private MonetizeFilter filter;
  private String key;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    monetizer =
        Monetizer.builder()
            .tiers(TierCatalog.parse("tiers.yml", TIERS))
            .dataDirectory(directory)
            .limiter(limiter)
            .build();
    filter = new MonetizeFilter(monetizer);
    monetizer.accounts().createCustomer("acme", "", "one");
    key = monetizer.accounts().issueKey("acme", "").takeSecret();
    when(response.getStatus()).thenReturn(200);
    when(response.getOutputStream()).thenReturn(mock(ServletOutputStream.class));
  }

  @AfterEach
  void stop() {
    monetizer.close();
  }

  @Test
  void engineThatFails_refusesWith503() throws Exception {
    doThrow(new IllegalStateException("as tested")).when(limiter).acquire(any(), any(), anyLong());

    filter.doFilter(request("/v1/x"), response, chain);

    verify(response).setStatus(503);
    verify(chain, never()).doFilter(any(), any());
  }

  @Test
  void settlementThatFails_doesNotReachTheCall() {
    doThrow(new IllegalStateException("as tested")).when(limiter).settle(any(), any(), anyLong());

    assertThatCode(() -> filter.doFilter(request("/v1/x"), response, chain))
        .doesNotThrowAnyException();

    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void exceptionOfTheApp_goesThroughUnchanged() throws Exception {
    ServletException failure = new ServletException("as tested");
    doThrow(failure).when(chain).doFilter(any(), any());

    assertThatThrownBy(() -> filter.doFilter(request("/v1/x"), response, chain)).isSameAs(failure);

    assertThat(calls()).isZero();
    assertAdmitted();
  }

  @Test
  void errorOfTheApp_goesThroughUnchanged() throws Exception {
    doThrow(new StackOverflowError()).when(chain).doFilter(any(), any());

    assertThatThrownBy(() -> filter.doFilter(request("/v1/x"), response, chain))
        .isInstanceOf(StackOverflowError.class);

    assertAdmitted();
  }

  @Test
  void headersThatCannotBeWritten_areLeftOut() throws Exception {
    doThrow(new IllegalStateException("as tested")).when(response).setHeader(any(), any());

    filter.doFilter(request("/v1/x"), response, chain);

    verify(chain).doFilter(any(), any());
    assertThat(calls()).isEqualTo(1);
    assertAdmitted();
  }

  @Test
  void attributeThatCannotBeSet_settlesTheCall() throws Exception {
    HttpServletRequest request = request("/v1/x");
    IllegalStateException failure = new IllegalStateException("as tested");
    doThrow(failure).when(request).setAttribute(any(), any());

    assertThatThrownBy(() -> filter.doFilter(request, response, chain)).isSameAs(failure);

    assertThat(calls()).isZero();
    assertAdmitted();
  }

  @Test
  void asynchronousWork_isSettledOnceWhenComplete() throws Exception {
    AsyncContext async = mock();
    HttpServletRequest request = request("/v1/x");
    when(request.startAsync()).thenReturn(async);
    MeteredRequest metered = served(request);

    metered.startAsync();
    metered.left(null);
    assertThat(calls()).isZero();
    AsyncListener listener = listener(async);
    listener.onTimeout(new AsyncEvent(async));
    assertThat(calls()).isZero();
    listener.onComplete(new AsyncEvent(async));
    listener.onComplete(new AsyncEvent(async));

    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void listenerOfAnEarlierStart_isAddedAgain() throws Exception {
    AsyncContext async = mock();
    AsyncContext again = mock();
    HttpServletRequest request = request("/v1/x");
    when(request.startAsync()).thenReturn(async);
    served(request).startAsync();
    AsyncListener listener = listener(async);

    listener.onStartAsync(new AsyncEvent(again));

    verify(again).addListener(listener);
  }

  @Test
  void asynchronousWorkThatEndsWhileTheFilterIsLeft_isSettled() throws Exception {
    HttpServletRequest request = request("/v1/x");
    when(request.isAsyncStarted()).thenReturn(true);
    when(request.getAsyncContext()).thenThrow(new IllegalStateException("completed already"));

    served(request).left(null);

    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void headerOfUnits_isAddedOnce() throws Exception {
    when(response.getHeader("X-Tokens")).thenReturn(" 12 ");
    AsyncContext async = mock();
    HttpServletRequest request = request("/v1/metered");
    when(request.startAsync()).thenReturn(async);
    MeteredRequest metered = served(request);

    metered.startAsync();
    listener(async).onComplete(new AsyncEvent(async));
    listener(async).onComplete(new AsyncEvent(async));

    assertThat(used("tokens")).isEqualTo(12);
  }

  @Test
  void headerThatIsNoNumber_countsTheCallWithout() throws Exception {
    for (String value : new String[] {"many", "-1", "1.5", "9223372036854775808", ""}) {
      when(response.getHeader("X-Tokens")).thenReturn(value);
      filter.doFilter(request("/v1/metered"), response, chain);
    }

    assertThat(calls()).isEqualTo(5);
    assertThat(used("tokens")).isZero();
  }

  @Test
  void filterWithoutAnEngine_saysWhatItNeeds() {
    FilterConfig config = mock();
    when(config.getServletContext()).thenReturn(mock(ServletContext.class));

    assertThatThrownBy(() -> new MonetizeFilter().init(config))
        .isInstanceOf(ServletException.class)
        .hasMessageContaining("init parameters 'tiers' (a file) and 'data' (a directory)");
  }

  @Test
  void requestThatIsNotMetered_hasNoCall() {
    assertThat(MonetizeFilter.findCall(request("/v1/x"))).isEmpty();
    assertThatThrownBy(() -> MonetizeFilter.call(request("/v1/x")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not metered");
  }

  @Test
  void requestOfAnotherProtocol_passes() throws Exception {
    ServletRequest request = mock();
    ServletResponse other = mock();

    filter.doFilter(request, other, chain);

    verify(chain).doFilter(request, other);
  }

  @Test
  void errorDispatch_isNotCounted() throws Exception {
    HttpServletRequest request = request("/v1/x");
    when(request.getDispatcherType()).thenReturn(DispatcherType.ERROR);

    filter.doFilter(request, response, chain);

    verify(chain).doFilter(request, response);
    assertThat(calls()).isZero();
  }

  /** A request as the app sees it, before the filter is left. */
  private MeteredRequest served(HttpServletRequest request) {
    Granted call = (Granted) monetizer.admit(ApiCall.of("GET", request.getServletPath(), key));
    return new MeteredRequest(request, response, call, new OpenCalls());
  }

  /** What listens to asynchronous work. */
  private static AsyncListener listener(AsyncContext async) {
    ArgumentCaptor<AsyncListener> listener = ArgumentCaptor.captor();
    verify(async).addListener(listener.capture());
    return listener.getValue();
  }

  private HttpServletRequest request(String path) {
    HttpServletRequest request = mock();
    when(request.getDispatcherType()).thenReturn(DispatcherType.REQUEST);
    when(request.getMethod()).thenReturn("GET");
    when(request.getRequestURI()).thenReturn(path);
    when(request.getContextPath()).thenReturn("");
    when(request.getServletPath()).thenReturn(path);
    when(request.getRemoteAddr()).thenReturn("192.0.2.1");
    when(request.getHeader("X-API-Key")).thenReturn(key);
    return request;
  }

  /** The call before has let go of its permit. */
  private void assertAdmitted() throws Exception {
    FilterChain next = mock();
    filter.doFilter(request("/v1/x"), response, next);
    verify(next).doFilter(any(), any());
  }

  private long calls() {
    return used("calls");
  }

  private long used(String meter) {
    Caller caller = (Caller) monetizer.identify(Credential.key(key), "192.0.2.1");
    return monetizer.usage(caller).meters().get(meter).used();
  }
}
