-- Copyright The Monetize Authors
-- SPDX-License-Identifier: Apache-2.0
--
-- Decides a call on all limits of a subject, all or nothing, in one step; corrects what earlier calls took.
--
-- KEYS   the customer's state; then the key's, where the limits have some of that scope
-- ARGV 1 the limits, see LimitPlan
--      2 what is asked, see LimitRequest
--      3 '' for the server's time, or microseconds since the epoch
--
-- A state is a string: its layout's version, then slots. A slot is tag, limit id, and what was used:
--   rate    theoretical arrival time in the limit's unit, and parts of a unit (see Gcra)
--   window  units used, start and end of the window in seconds
--   calls   per instance of the service: calls under way, and until when they count without a sign of life
-- A tag's lowest two bits are the kind. A rate's other bits come from its numbers: where they differ, the parts
-- are of another fraction. A window's tell whether what a ledger knows is still to be looked at. Slots of limits
-- that are not asked about are kept while they tell anything.
--
-- All numbers are whole and below 2^53, so doubles are exact.

local RATE, WINDOW, CALLS = 0, 1, 2
local ALONE = WINDOW + 4 -- tag of a window whose count began without what the ledger knows
local VERSION = 1
local MOST = 9007199254740991
local SECOND = 1000000
local RETRY_CALLS = SECOND
local LATEST = 4294967295
local GRACE = 60 -- seconds that a window is known after its end: a clock may go back

local unpack_, pack_, fmod, floor = struct.unpack, struct.pack, math.fmod, math.floor
local min, max = math.min, math.max

local now
if ARGV[3] == '' then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * SECOND + tonumber(time[2])
else
  now = tonumber(ARGV[3])
end
local second = (now - fmod(now, SECOND)) / SECOND

-- The state of each scope, its slots by tag kind and id.

local function parse(text)
  local slots = {}
  if not text then
    return slots
  end
  if unpack_('B', text) ~= VERSION then
    return error('state layout ' .. unpack_('B', text) .. ' is of a later version')
  end
  local at = 2
  while at <= #text do
    local slot = {}
    slot.tag, slot.id, at = unpack_('<BI4', text, at)
    slot.kind = slot.tag % 4
    if slot.kind == RATE then
      slot.time, slot.part, at = unpack_('<dd', text, at)
    elseif slot.kind == WINDOW then
      slot.used, slot.start, slot.ends, at = unpack_('<dI4I4', text, at)
    else
      local count
      count, at = unpack_('<B', text, at)
      slot.held = {}
      for i = 1, count do
        local held = {}
        held.by, held.calls, held.ends, at = unpack_('<I4I4I4', text, at)
        slot.held[i] = held
      end
    end
    slots[slot.id * 4 + slot.kind] = slot
    slots[#slots + 1] = slot
  end
  return slots
end

local states = {}
for i, key in ipairs(KEYS) do
  states[i] = parse(redis.call('GET', key))
end

-- What is asked.

local op, instance, lease, wanted, at = unpack_('<BI4I4I4', ARGV[2])
local ACQUIRE, PEEK, CORRECT, FORCE = 0, 1, 2, 3

-- The limits: each with its slot, brought up to now.

local limits = {}
local plan = ARGV[1]
local place = 1
while place <= #plan do
  local limit = {}
  local kind, scope, shadow, tag, id
  kind, scope, shadow, tag, id, place = unpack_('<BBBBI4', plan, place)
  limit.kind, limit.scope, limit.shadow = kind, scope + 1, shadow == 1
  if kind == RATE then
    limit.unit, limit.step, limit.parts, limit.burst, limit.whole, limit.rest, limit.past, place =
      unpack_('<I4dddddB', plan, place)
  elseif kind == WINDOW then
    limit.included, limit.ceiling, place = unpack_('<dd', plan, place)
  else
    limit.most, place = unpack_('<d', plan, place)
  end
  local slots = states[limit.scope]
  local slot = slots[id * 4 + kind]
  if not slot then
    slot = { tag = tag, id = id, kind = kind, time = 0, part = 0, used = 0, start = 0, ends = 0, held = {} }
    slots[id * 4 + kind] = slot
    slots[#slots + 1] = slot
  end
  if kind == RATE and slot.tag ~= tag then
    slot.unknown = slot.tag
    slot.tag = tag
  end
  limit.slot = slot
  limits[#limits + 1] = limit
end

for _, limit in ipairs(limits) do
  if op ~= CORRECT then
    limit.amount, at = unpack_('<d', ARGV[2], at)
    if limit.kind == WINDOW then
      limit.former, limit.start, limit.ends, limit.following, limit.least, at =
        unpack_('<I4I4I4I4d', ARGV[2], at)
    end
  end
end

-- What earlier calls took, corrected: limit, window, difference.

local changed = {}
local corrections
corrections, at = unpack_('<I4', ARGV[2], at)
for _ = 1, corrections do
  local scope, kind, id, start, ends, difference
  scope, kind, id, start, ends, difference, at = unpack_('<BBI4I4I4d', ARGV[2], at)
  local part, parts
  if kind == RATE then
    part, parts, at = unpack_('<dd', ARGV[2], at)
  end
  local slots = states[scope + 1]
  local slot = slots and slots[id * 4 + kind]
  if slots and kind == WINDOW and difference > 0 and ends > second and not (slot and slot.used > 0) then
    if not slot then -- taken while this was away
      slot = { id = id, kind = kind, held = {} }
      slots[id * 4 + kind] = slot
      slots[#slots + 1] = slot
    end
    slot.tag, slot.used, slot.start, slot.ends = ALONE, 0, start, ends
  end
  if slots and kind == CALLS and start == 1 and difference > 0 then -- all that it has: known here or not
    if not slot then
      slot = { tag = CALLS, id = id, kind = kind, held = {} }
      slots[id * 4 + kind] = slot
      slots[#slots + 1] = slot
    end
    local known = false
    for _, held in ipairs(slot.held) do
      known = known or held.by == instance
    end
    if not known then
      slot.held[#slot.held + 1] = { by = instance, calls = 0, ends = 0 }
    end
  end
  if slot and kind == RATE and (slot.unknown or slot.tag) == start then -- of a lease, what nobody spent
    slot.time, slot.part = slot.time - difference, slot.part - part
    if slot.part < 0 then
      slot.time, slot.part = slot.time - 1, slot.part + parts
    end
    if slot.time < 0 then
      slot.time, slot.part = 0, 0
    end
    changed[scope + 1] = true
  elseif slot and kind == WINDOW and slot.start <= start and start < slot.ends then
    slot.used = min(MOST, max(0, slot.used + difference))
    slot.charged = true
    changed[scope + 1] = true
  elseif slot and kind == CALLS then
    for _, held in ipairs(slot.held) do
      if held.by == instance then
        held.calls = start == 1 and difference or max(0, held.calls + difference) -- 1: all that it has
        held.ends = second + lease
        changed[scope + 1] = true
      end
    end
  end
end

-- Each kind's rules; those of rates are Gcra's.

local function units(limit)
  return limit.unit == 1 and now or (now - fmod(now, limit.unit)) / limit.unit
end

local function excess(limit, time, part)
  local whole = time - units(limit) - limit.whole
  return max(0, part > limit.rest and whole + 1 or whole)
end

local function loadRate(limit)
  local slot = limit.slot
  if slot.unknown then -- another fraction, maybe another unit: a little later, never earlier
    local was = floor(slot.unknown / 4) % 2 == 1 and 1000 or 1
    local micros = (slot.time + (slot.part > 0 and 1 or 0)) * was
    local over = fmod(micros, limit.unit)
    slot.time = (micros - over) / limit.unit + (over > 0 and 1 or 0)
    slot.part = 0
    slot.unknown = nil
  end
  local present = units(limit)
  if slot.time < present then
    limit.time, limit.part = present, 0
  elseif excess(limit, slot.time, slot.part) > 0 then
    limit.time, limit.part = present + limit.whole, limit.rest
  else
    limit.time, limit.part = slot.time, slot.part
  end
end

local function after(limit, cost)
  local x = cost * limit.step + limit.part
  local part = fmod(x, limit.parts)
  return limit.time + (x - part) / limit.parts, part
end

-- The window of the server's time, of those that the caller told; where he told none, the slot's if it runs, or
-- one that is as far from his as others of that length are.

local function windowOf(limit)
  local slot = limit.slot
  if second >= limit.start and second < limit.ends then
    return limit.start, limit.ends
  elseif second >= limit.former and second < limit.start then
    return limit.former, limit.start
  elseif second >= limit.ends and second < limit.following then
    return limit.ends, limit.following
  elseif slot.start <= second and second < slot.ends then
    return slot.start, slot.ends
  elseif second < limit.former then
    local length = max(1, limit.start - limit.former)
    local start = second - fmod(length - fmod(limit.former - second, length), length)
    return max(0, start), start + length
  end
  local length = max(1, limit.following - limit.ends)
  local start = second - fmod(second - limit.ends, length)
  return start, min(LATEST, start + length)
end

local function loadWindow(limit)
  local slot = limit.slot
  local start, ends = windowOf(limit)
  if slot.start >= ends then -- another call is in a later window already: this one joins it
    limit.from, limit.to, limit.used = slot.start, slot.ends, slot.used
  else
    limit.from, limit.to = start, ends
    limit.used = slot.start < start and 0 or slot.used -- windows cut anew: the count goes on
  end
  limit.tag = WINDOW
  if slot.used == 0 or slot.start ~= limit.from or slot.tag == ALONE then -- no count of that window as a whole
    if op ~= FORCE and limit.from == limit.start then
      limit.used = max(limit.used, limit.least)
    else
      limit.tag = ALONE
    end
  end
end

local function loadCalls(limit)
  limit.used = 0
  for _, held in ipairs(limit.slot.held) do
    if held.ends > second + lease then -- the clock went back
      held.ends = second + lease
      changed[limit.scope] = true
    end
    if held.ends >= second then
      limit.used = limit.used + held.calls
    end
  end
end

local function past(limit)
  local quota = limits[limit.past]
  return quota.used > quota.included - quota.amount
end

local function holds(limit)
  return limit.past == 0 or past(limit)
end

-- Microseconds to wait until an amount fits; 0 if it fits now, -1 if it never will.

local function delay(limit, times)
  local amount = limit.amount * times
  if limit.kind == RATE then
    if limit.past ~= 0 and not past(limit) then
      return 0
    end
    local time, part = after(limit, amount)
    return excess(limit, time, part) * limit.unit
  elseif limit.kind == WINDOW then
    if amount == 0 or limit.used <= limit.ceiling - amount then
      return 0
    end
    return amount > limit.ceiling and -1 or max(1, limit.to * SECOND - now)
  end
  return (amount == 0 or limit.used <= limit.most - amount) and 0 or RETRY_CALLS
end

local function remaining(limit)
  local left = limit.burst * limit.step - (limit.time - units(limit)) * limit.parts - limit.part
  return (left - fmod(left, limit.step)) / limit.step
end

-- Writes the states back; what tells nothing any more is left out.

local function write(scope)
  local parts = { pack_('B', VERSION) }
  local last = 0
  for _, slot in ipairs(states[scope]) do
    if slot.kind == RATE then
      local unit = floor(slot.tag / 4) % 2 == 1 and 1000 or 1
      local ends = (slot.time + (slot.part > 0 and 1 or 0)) * unit
      if ends > now then
        parts[#parts + 1] = pack_('<BI4dd', slot.tag, slot.id, slot.time, slot.part)
        last = max(last, ends)
      end
    elseif slot.kind == WINDOW then
      local known = max(slot.ends, slot.charged and second or 0) + GRACE
      if slot.used > 0 and known > second then
        parts[#parts + 1] = pack_('<BI4dI4I4', slot.tag, slot.id, slot.used, slot.start, slot.ends)
        last = max(last, known * SECOND)
      end
    else
      local count, held = 0, {}
      for _, one in ipairs(slot.held) do
        if one.calls > 0 and one.ends >= second then
          count = count + 1
          held[count] = pack_('<I4I4I4', one.by, one.calls, one.ends)
          last = max(last, (one.ends + 1) * SECOND)
        end
      end
      if count > 0 then
        parts[#parts + 1] = pack_('<BI4B', slot.tag, slot.id, count) .. table.concat(held)
      end
    end
  end
  if #parts == 1 then
    redis.call('DEL', KEYS[scope])
  else
    local text = table.concat(parts)
    if ARGV[3] == '' then
      redis.call('SET', KEYS[scope], text, 'PX', string.format('%.0f', floor((last - now) / 1000) + 1))
    else -- another clock than the one that keys expire by
      redis.call('SET', KEYS[scope], text)
    end
  end
end

if op == CORRECT then
  for scope in pairs(changed) do
    write(scope)
  end
  return ''
end

for _, limit in ipairs(limits) do
  if limit.kind == RATE then
    loadRate(limit)
  elseif limit.kind == WINDOW then
    loadWindow(limit)
  else
    loadCalls(limit)
  end
end

-- Decides: how often the charge is taken, up to as often as is wanted.

local slowest, longest, shadowed = 0, 0, {}
for i, limit in ipairs(limits) do
  local wait = delay(limit, 1)
  if wait ~= 0 then
    if limit.shadow then
      shadowed[#shadowed + 1] = i
    elseif slowest == 0 or (longest ~= -1 and (wait == -1 or wait > longest)) then
      slowest, longest = i, wait
    end
  end
end

local taken = 0
if op == FORCE or (op == ACQUIRE and slowest == 0) then
  taken = 1
  if wanted > 1 then
    local most = wanted
    for _, limit in ipairs(limits) do
      if limit.amount > 0 and limit.kind == RATE then
        most = min(most, floor(remaining(limit) / limit.amount))
      elseif limit.amount > 0 and limit.kind == WINDOW and limit.ceiling < MOST then
        most = min(most, floor((limit.ceiling - limit.used) / limit.amount))
      end
    end
    taken = max(1, most)
  end
  for _, limit in ipairs(limits) do
    local slot = limit.slot
    if limit.kind == RATE then
      if limit.amount > 0 and holds(limit) then
        local time, part = after(limit, limit.amount * taken)
        if excess(limit, time, part) > 0 then -- in shadow: no further than the burst
          time, part = units(limit) + limit.whole, limit.rest
        end
        slot.time, slot.part = time, part
        limit.time, limit.part = time, part
        changed[limit.scope] = true
      end
    end
  end
  for _, limit in ipairs(limits) do
    local slot = limit.slot
    if limit.kind == WINDOW then
      limit.used = min(MOST, limit.used + limit.amount * taken)
      slot.tag, slot.used, slot.start, slot.ends = limit.tag, limit.used, limit.from, limit.to
      slot.charged = true -- by callers whose clocks are far behind it may seem over
      if limit.amount > 0 then
        changed[limit.scope] = true
      end
    elseif limit.kind == CALLS and limit.amount > 0 then
      limit.used = limit.used + limit.amount
      local own
      for _, held in ipairs(slot.held) do
        if held.by == instance then
          own = held
        end
      end
      if not own or own.ends < second then
        if not own then
          own = { by = instance }
          slot.held[#slot.held + 1] = own
        end
        own.calls = 0
      end
      own.calls = own.calls + limit.amount
      own.ends = second + lease
      changed[limit.scope] = true
    end
  end
end

for scope in pairs(changed) do
  write(scope)
end

-- Answers in doubles: how often taken; of a refusal the limit and how long to wait; limits in shadow that
-- would have refused; then for each limit what remains and when it is whole again, and of windows start and use.

local answer = { pack_('<dddd', taken, slowest, longest, #shadowed) }
for _, i in ipairs(shadowed) do
  answer[#answer + 1] = pack_('<d', i)
end
for _, limit in ipairs(limits) do
  if limit.kind == RATE then
    local quota = limits[limit.past]
    if quota and quota.used < quota.included then
      answer[#answer + 1] = pack_('<dd', limit.burst, 0)
    else
      local ahead = limit.time - units(limit) + (limit.part > 0 and 1 or 0)
      answer[#answer + 1] = pack_('<dd', remaining(limit), ahead * limit.unit)
    end
  elseif limit.kind == WINDOW then
    answer[#answer + 1] = pack_('<dddd', max(0, limit.included - limit.used), max(1, limit.to * SECOND - now),
      limit.from, limit.used)
  else
    answer[#answer + 1] = pack_('<dd', max(0, limit.most - limit.used), 0)
  end
end
return table.concat(answer)
