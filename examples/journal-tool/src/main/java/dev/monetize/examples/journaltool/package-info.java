// Copyright The Monetize Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Checks, shows and exports a journal from the command line. Start at {@link
 * dev.monetize.examples.journaltool.JournalTool}.
 */
@NullMarked
package dev.monetize.examples.journaltool;

import org.jspecify.annotations.NullMarked;
