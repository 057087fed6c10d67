-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes a customer's subscription, and tells everybody.
--
-- KEYS   a share of all subscriptions
-- ARGV 1 the customer
--      2 the subscription
--      3 channel to tell on
--      4 'add' where it is not to replace another, 'replace' where it is to replace a certain one
--      5 that one
--
-- Answers '' if it is written; else the subscription that is there.

local present = redis.call('HGET', KEYS[1], ARGV[1])
if (ARGV[4] == 'add' and present) or (ARGV[4] == 'replace' and present ~= ARGV[5]) then
  return present or 'none'
end
redis.call('PUBLISH', ARGV[3], ARGV[1]) -- heard when this is done; where it is refused, nothing is written
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ''
