-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes a part of a checkpoint of the journal. However often and however late it comes, it does the same; to one that
-- is in force it does nothing.
--
-- KEYS 1 head of the journal
--      2 the checkpoint's bytes
-- ARGV 1 sequence that the checkpoint reaches
--      2 how many bytes it has in all
--      3 where the part begins
--      4 the part
--      5 for how many milliseconds to keep it, unless it is put into force
--
-- Answers 'done', or '' if it is in force.

if redis.call('HGET', KEYS[1], 'checkpoint') == ARGV[1] then
  return ''
end
if redis.call('STRLEN', KEYS[2]) > tonumber(ARGV[2]) then
  redis.call('DEL', KEYS[2])
end
redis.call('SETRANGE', KEYS[2], ARGV[3], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 'done'
