-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Takes, keeps or gives back what only one instance does.
--
-- KEYS 1 the claim: who holds it
--      2 head of the journal
--      3 names of all that was ever claimed: a set
-- ARGV 1 "take", "keep" or "give"
--      2 the holder's turn
--      3 for how many milliseconds to hold it
--      4 the claim's name
--
-- Answers the journal's last sequence if it is held now, else ''.

local holder = redis.call('GET', KEYS[1])
if ARGV[1] == 'take' and not holder then
  redis.call('SADD', KEYS[3], ARGV[4])
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
elseif holder ~= ARGV[2] then
  return ''
elseif ARGV[1] == 'give' then
  redis.call('DEL', KEYS[1])
  return ''
else
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return redis.call('HGET', KEYS[2], 'last') or '0'
