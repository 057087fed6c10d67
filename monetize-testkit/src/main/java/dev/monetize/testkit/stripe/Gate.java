// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.testkit.stripe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.monetize.testkit.stripe.StripeFault.Kind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call on its way: key, version, rate, one at a time, idempotency key, endpoint. And the faults,
 * each where it belongs on that way.
 */
final class Gate {

  private final World world;
  private final Router router;
  private final Keys keys;
  private final Sessions sessions;
  private final StripeFaults faults;
  private final View view;
  private final Tally tally;
  private final Idempotency idempotency = new Idempotency();
  private final InFlight inFlight = new InFlight();
  private final RateCeiling ceiling;

  Gate(World world, Router router, Keys keys, Sessions sessions, StripeFaults faults, Tally tally) {
    this.world = world;
    this.router = router;
    this.keys = keys;
    this.sessions = sessions;
    this.faults = faults;
    this.tally = tally;
    view = new View(world.store());
    ceiling = new RateCeiling(world.settings().callsPerSecond());
  }

  Answer answer(Call call) {
    StripeFault fault = faults.of(call.path());
    Kind kind = fault == null ? null : fault.kind();
    if (kind == Kind.LOST || kind == Kind.RESET_BEFORE) {
      return Answer.none(kind == Kind.LOST ? Answer.End.SILENT : Answer.End.RESET);
    }
    String id = world.ids().next("req", 14);
    Answer answer = arrived(call, id, fault);
    if (kind == Kind.UNANSWERED || kind == Kind.RESET_AFTER) {
      return Answer.none(kind == Kind.UNANSWERED ? Answer.End.SILENT : Answer.End.RESET);
    }
    String version = call.header("stripe-version");
    return answer.with(
        Map.of(
            "Request-Id",
            id,
            "Stripe-Version",
            version == null ? world.settings().apiVersion() : version));
  }

  private Answer arrived(Call call, String id, @Nullable StripeFault fault) {
    try {
      tally.count(call);
      String place = admit(call);
      inFlight.enter(place);
      try {
        if (fault != null) {
          refuse(fault);
        }
        return once(call, id, fault);
      } finally {
        inFlight.leave(place); // before the answer, after which the next call may come
      }
    } catch (StripeError e) {
      return e.answer();
    } catch (IllegalArgumentException e) {
      return StripeError.invalid("parameter_invalid", null, String.valueOf(e.getMessage()))
          .answer();
    } catch (RuntimeException e) {
      return broken(e).answer();
    }
  }

  /** A fault that nobody asked for is told, and not taken for one of those that were. */
  private static StripeError broken(RuntimeException e) {
    return StripeError.of(500, "api_error", null, "A fault of the test Stripe itself: " + e);
  }

  private String admit(Call call) {
    return world.locked(
        () -> {
          String key = Keys.of(call);
          if (!sessions.admits(call, key)) {
            keys.check(key, call.path());
          }
          Versions.check(call);
          ceiling.check(world.agenda().now());
          return InFlight.place(call);
        });
  }

  private static void refuse(StripeFault fault) {
    if (fault.kind() == Kind.CONFLICT) {
      throw StripeError.of(409, StripeError.INVALID, "lock_timeout", "Another call is at work.");
    }
    if (fault.kind() == Kind.TOO_MANY) {
      StripeError error = RateCeiling.tooMany("rate_limit", "Request rate limit exceeded.");
      throw fault.time().isZero()
          ? error
          : error.header("Retry-After", String.valueOf(fault.time().toSeconds()));
    }
  }

  private Answer once(Call call, String id, @Nullable StripeFault fault) {
    String key = call.method().equals("POST") ? call.header("idempotency-key") : null;
    ObjectNode params = call.params();
    if (key == null) {
      return carryOut(call, params, id, fault).answer();
    }
    Answer before = world.locked(() -> idempotency.begin(call, params, key, world.agenda().now()));
    if (before != null) {
      return before.with(Map.of("Original-Request", id));
    }
    Result result = carryOut(call, params, id, fault);
    world.locked(
        () -> {
          if (result.kept() && !(call.v2() && result.answer().status() >= 400)) {
            idempotency.keep(key, result.answer().with(Map.of("Idempotency-Key", key)));
          } else {
            idempotency.drop(key);
          }
        });
    return result.answer().with(Map.of("Idempotency-Key", key));
  }

  private record Result(Answer answer, boolean kept) {}

  private Result carryOut(Call call, ObjectNode params, String id, @Nullable StripeFault fault) {
    Kind kind = fault == null ? null : fault.kind();
    if (fault != null) {
      faults.await(fault);
    }
    if (kind == Kind.ERROR_BEFORE) {
      return failed();
    }
    Result result = world.locked(() -> carryOut(call, params, id));
    return kind == Kind.ERROR_AFTER ? failed() : result;
  }

  private Result carryOut(Call call, ObjectNode params, String id) {
    world.request(id, call.header("idempotency-key"));
    try {
      return new Result(Answer.json(200, result(call, params)), true);
    } catch (StripeError e) {
      return new Result(e.answer(), e.kept());
    } catch (RuntimeException e) {
      return new Result(broken(e).answer(), false);
    } finally {
      world.noRequest();
    }
  }

  private JsonNode result(Call call, ObjectNode params) {
    Router.Match match = router.find(call.method(), call.path());
    if (match == null) {
      throw StripeError.noSuchPath(call.method(), call.path());
    }
    ObjectNode own = params.deepCopy();
    List<String> expand = call.v2() ? List.of() : Json.texts(own.path("expand"));
    own.remove("expand");
    return view.of(match.endpoint().answer(new Request(call, match.names(), own)), expand);
  }

  private static Result failed() {
    String message = "An unknown error occurred";
    return new Result(StripeError.of(500, "api_error", null, message).answer(), true);
  }
}
