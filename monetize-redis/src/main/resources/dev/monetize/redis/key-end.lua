-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Notes when a key is to end, before it is written so: a hint to look at that key. What has ended long ago is dropped.
--
-- KEYS   ends of keys: a sorted set
-- ARGV 1 the end, in seconds
--      2 the key's id, a space and the end: a key whose end is moved has several

local MONTH = 31 * 86400
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', tonumber(redis.call('TIME')[1]) - MONTH)
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
return ''
