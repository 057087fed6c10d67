-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Begins a change of an API key: numbers it, and notes under which hash the key will be, before the older ones.
--
-- KEYS   where the key is
-- ARGV 1 whose it is
--      2 the hash
--      3 'add' where it is to be a new key
--
-- The value is: number of the change, customer, hashes from the newest on, with a space between. Answers the new
-- value; of a key of another customer, and where one is added that has a place already, the present one, which stays.

local value = redis.call('GET', KEYS[1])
local number, customer, hashes = 0, ARGV[1], ''
if value then
  number, customer, hashes = string.match(value, '^(%d+) (%S+)(.*)$')
  if customer ~= ARGV[1] or ARGV[3] == 'add' then
    return value
  end
end
local place = { string.format('%.0f', number + 1), customer, ARGV[2] }
for hash in string.gmatch(hashes, '%S+') do
  if hash ~= ARGV[2] then
    place[#place + 1] = hash
  end
end
local new = table.concat(place, ' ')
redis.call('SET', KEYS[1], new)
return new
