-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Answers what tells the server from another one that takes over; an error if nothing does.
--
-- KEYS 1 head of the journal, which is where it is asked

local info = redis.pcall('INFO', 'replication')
local run = type(info) == 'string' and string.match(info, 'master_replid:(%x+)')
if type(info) ~= 'string' then
  return redis.error_reply('NORUN this user may not ask INFO, by which a failover is known; give it the right +info')
elseif not run then
  return redis.error_reply('NORUN INFO replication has no master_replid, by which a failover is known')
end
return run
