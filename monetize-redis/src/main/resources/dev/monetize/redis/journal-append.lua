-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Appends records to the journal of usage, all that a call brings, each under the next sequence. The same call once
-- more is answered with what it got, and appends nothing.
--
-- KEYS 1 the log: a stream, each record under 0-<sequence>
--      2 its head: a hash of id, last sequence, run of the server
--      3 last call of the instance, and its answer
--      4 what is lost: a list of "<first> <last>"
--      5 ... one for each record with a condition
-- ARGV 1 id of the journal
--      2 number of the call, of this instance
--      3 a sequence up to which all are known to have been given
--      4 for how many milliseconds to know the call
--      5 for how many milliseconds to know ids
--      6 what goes with the id of the journal, where the head is gone
--      7, 8 ... each record and its condition:
--        ''        none
--        l<holder> the key is held by the holder; by nobody, where it is empty
--        i<hash>   the key is not there; then it becomes the hash
--
-- Answers the first sequence, and of each record that was not appended why: r (not held), d (the same id and hash),
-- c (the same id, another hash), followed by its number from 1. Or "other <id>": another journal is here now. Or
-- "past": a later call was answered. An error, and nothing is done, where a failover could not be known.

local function text(number)
  return string.format('%.0f', number)
end

local head = redis.call('HMGET', KEYS[2], 'id', 'last', 'run')
if head[1] and head[1] ~= ARGV[1] then
  return 'other ' .. head[1]
end
local known = redis.call('GET', KEYS[3])
if known then
  local call, answer = string.match(known, '^(%d+) (.*)$')
  if call == ARGV[2] then
    return answer
  elseif tonumber(call) > tonumber(ARGV[2]) then
    return 'past'
  end
end

local last = tonumber(head[2] or '0')
local given = tonumber(ARGV[3])
local info = redis.pcall('INFO', 'replication')
local run = type(info) == 'string' and string.match(info, 'master_replid:(%x+)')
if type(info) ~= 'string' then
  return redis.error_reply('NORUN this user may not ask INFO, by which a failover is known; give it the right +info')
elseif not run then
  return redis.error_reply('NORUN INFO replication has no master_replid, by which a failover is known')
end
local lost = given > last
if lost then
  redis.call('RPUSH', KEYS[4], text(last + 1) .. ' ' .. text(given))
  last = given
end
if lost or (head[3] and head[3] ~= run) then
  -- Another server, or one that began again: it may not know all sequences that were told to somebody.
  last = last + 1000000
end

local answer = { text(last + 1) }
local key = 4
for i = 7, #ARGV, 2 do
  local condition = ARGV[i + 1]
  local refused
  if condition ~= '' then
    key = key + 1
    local value = string.sub(condition, 2)
    local found = redis.call('GET', KEYS[key])
    if string.sub(condition, 1, 1) == 'l' then
      refused = (found or '') ~= value and 'r'
    elseif found then
      refused = found == value and 'd' or 'c'
    else
      redis.call('SET', KEYS[key], value, 'PX', ARGV[5])
    end
  end
  if refused then
    answer[#answer + 1] = refused .. text((i - 5) / 2)
  else
    last = last + 1
    redis.call('XADD', KEYS[1], '0-' .. text(last), 'r', ARGV[i])
  end
end
if not head[1] then
  redis.call('HSET', KEYS[2], 'secret', ARGV[6])
end
local told = table.concat(answer, ' ')
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'last', text(last), 'run', run)
redis.call('SET', KEYS[3], ARGV[2] .. ' ' .. told, 'PX', ARGV[4])
return told
