-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes what a key's hash stands for, and tells everybody whose it is.
--
-- KEYS 1 the hash
--      2 that this very call is done, if it may be kept beside: for ten minutes the same once more is answered the same
-- ARGV 1 number of the change
--      2 the key's id
--      3 the key, or '' where it is under another hash now
--      4 how many seconds to remember that it is under another one
--      5 channel to tell on
--      6 customer to tell of
--      7 'add' where it is to be a new key, 'replace' where it is to replace what the hash stands for
--      8 that, whole
--
-- The value is the first three, with a space between. A change that began before the present one changes nothing:
-- it was overtaken; so does the adding of a key that is there, and the replacing of what has changed. Answers the id of
-- the key that is there then, which may be another that has this hash, or ''.

if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then
  return ''
end
local value = redis.call('GET', KEYS[1])
if ARGV[7] == 'replace' and value ~= ARGV[8] then
  return ARGV[2]
elseif value then
  local number, id, key = string.match(value, '^(%d+) (%S+) (.*)$')
  if id ~= ARGV[2] then
    if key ~= '' then
      return id
    end
  elseif tonumber(number) > tonumber(ARGV[1]) or (ARGV[7] == 'add' and key ~= '') then
    return id
  end
end
redis.call('PUBLISH', ARGV[5], ARGV[6]) -- heard when this is done; where it is refused, nothing is written
local new = ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. ARGV[3]
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], new, 'EX', ARGV[4])
else
  redis.call('SET', KEYS[1], new)
end
if KEYS[2] then
  redis.call('SET', KEYS[2], '', 'EX', 600)
end
return ''
