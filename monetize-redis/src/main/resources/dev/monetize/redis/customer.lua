-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Writes a customer.
--
-- KEYS 1 the customer
--      2 that this very call is done, if it may be kept beside: for ten minutes the same once more is answered the same
-- ARGV 1 what to write
--      2 'add' where it is not to replace another
--
-- Answers '' if it is written, else 'there'.

if KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1 then
  return ''
elseif ARGV[2] == 'add' and redis.call('EXISTS', KEYS[1]) == 1 then
  return 'there'
end
redis.call('SET', KEYS[1], ARGV[1])
if KEYS[2] then
  redis.call('SET', KEYS[2], '', 'EX', 600)
end
return ''
