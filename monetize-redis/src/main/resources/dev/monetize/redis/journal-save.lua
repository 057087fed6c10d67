-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Puts a checkpoint of the journal into force, or deletes records that one covers. For the holder of the claim alone.
--
-- KEYS 1 the claim
--      2 head of the journal
--      3 the log
--      4 the checkpoint's bytes
--      5 the former one's
-- ARGV 1 the holder's turn
--      2 sequence that the checkpoint reaches, or ''
--      3 the first sequence to be kept, or ''
--      4 for how many milliseconds to keep the former one, which somebody may be reading
--      5 sequence that the former one reaches, 0 if there is none
--      6 how many bytes the checkpoint has
--
-- Answers 'done', or '' if it is not the holder's turn, the former one is not in force any more, or the checkpoint has
-- not so many bytes. The same once more, at once or late, changes nothing.

if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return ''
end
local head = redis.call('HMGET', KEYS[2], 'checkpoint', 'first')
if ARGV[2] ~= '' and head[1] ~= ARGV[2] then
  if (head[1] or '0') ~= ARGV[5] or redis.call('STRLEN', KEYS[4]) ~= tonumber(ARGV[6]) then
    return ''
  end
  redis.call('PERSIST', KEYS[4])
  redis.call('HSET', KEYS[2], 'checkpoint', ARGV[2], 'former', ARGV[5])
  redis.call('PEXPIRE', KEYS[5], ARGV[4])
end
if ARGV[3] ~= '' and tonumber(ARGV[3]) > tonumber(head[2] or '0') then
  redis.call('HSET', KEYS[2], 'first', ARGV[3])
  redis.call('XTRIM', KEYS[3], 'MINID', '0-' .. ARGV[3])
end
return 'done'
