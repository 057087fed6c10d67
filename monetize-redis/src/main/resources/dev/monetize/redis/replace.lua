-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Replaces a value (ARGV 1) by another (ARGV 2), unless it has become another meanwhile.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
end
return ''
