// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/** Four ways to price an API, from the tier file over metered calls to the invoice. */
@NullMarked
package dev.monetize.examples.pricingmodels;

import org.jspecify.annotations.NullMarked;
