// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
package dev.monetize.redis;

import dev.monetize.limit.Charge;
import dev.monetize.limit.Subject;

/** Who takes what: a charge is itself alone. */
record Who(Subject subject, Charge charge) {}
