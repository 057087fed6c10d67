-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes a customer's subscription, and tells everybody.
--
-- KEYS 1 a share of all subscriptions
--      2 that this very call is done, if it may be kept beside: for ten minutes the same once more is answered the same
-- ARGV 1 the customer
--      2 the subscription
--      3 channel to tell on
--      4 'add' where it is not to replace another, 'replace' where it is to replace a certain one
--      5 that one
--
-- Answers '' if it is written; else the subscription that is there.

if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then
  return ''
end
local present = redis.call('HGET', KEYS[1], ARGV[1])
if (ARGV[4] == 'add' and present) or (ARGV[4] == 'replace' and present ~= ARGV[5]) then
  return present or 'none'
end
redis.call('PUBLISH', ARGV[3], ARGV[1]) -- heard when this is done; where it is refused, nothing is written
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if KEYS[2] then
  redis.call('SET', KEYS[2], '', 'EX', 600)
end
return ''
