-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes a customer's subscription, and tells everybody.
--
-- KEYS   a share of all subscriptions
-- ARGV 1 the customer
--      2 the subscription
--      3 channel to tell on
--      4 'add' where it is not to replace another
--
-- Answers the subscription that is there and was not replaced, or ''.

if ARGV[4] == 'add' then
  local present = redis.call('HGET', KEYS[1], ARGV[1])
  if present then
    return present
  end
end
redis.call('PUBLISH', ARGV[3], ARGV[1]) -- heard when this is done; where it is refused, nothing is written
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return ''
