/**
 * What both scripts begin with. One channel has one log, in keys that share a hash tag:
 *
 * - META, a hash: the epoch, the top, the floor, and how much is kept; on which branch of the server's history that is, and
 *   where it has left older ones
 * - ENTRIES, a list: the entries of a log from its floor to its top
 * - SUBJECTS, a hash, with ORDER and REMOVALS, sorted sets by offset: the newest entry about each subject of a state
 * - KEYED, a hash, with KEYS_IN_ORDER, a list: the places of what was published with a key
 *
 * An entry is `offset atMs kind length subject payload`, where kind is `-` for one about nothing, `=` for one that says
 * something of its subject and `x` for one that removes it. The time is the server's own, so that nodes need not agree.
 */
export const prelude = `
local META, ENTRIES, SUBJECTS, ORDER, REMOVALS, KEYED, KEYS_IN_ORDER =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local KEYS_FOR_MS, MAX_KEYS, MAX_FORKS = 300000, 1000, 8
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function pack(offset, atMs, about, removes, subject, payload)
  local kind = not about and '-' or removes and 'x' or '='
  if not about then subject = '' end
  return string.format('%d %d %s %d ', offset, atMs, kind, #subject) .. subject .. payload
end

local function offsetOf(entry) return tonumber(string.match(entry, '^%d+')) end
local function timeOf(entry) return tonumber(string.match(entry, '^%d+ (%d+)')) end
local function removal(entry) return string.match(entry, '^%d+ %d+ (.)') == 'x' end
local function subjectOf(entry)
  local kind, length, at = string.match(entry, '^%d+ %d+ (.) (%d+) ()')
  if kind == '-' then return nil end
  return string.sub(entry, at, at + length - 1)
end

-- The branch of the server's history: another one after each failover, and after each restart.
local branchNow
local function branchOf()
  if branchNow then return branchNow end
  local info = redis.pcall('INFO', 'replication')
  local id = type(info) == 'string' and string.match(info, 'master_replid:(%w+)')
  branchNow = id and string.sub(id, 1, 12) or '-'
  return branchNow
end

-- The epoch, the top and the branch; a log that nobody knows begins. Where the branch is another one, what was appended on
-- the last one after this top is lost.
local function head(newEpoch)
  local known = redis.call('HMGET', META, 'epoch', 'top', 'branch', 'forks')
  local branch = branchOf()
  if not known[1] then
    redis.call('DEL', ENTRIES, SUBJECTS, ORDER, REMOVALS, KEYED, KEYS_IN_ORDER)
    redis.call('HSET', META, 'epoch', newEpoch, 'branch', branch)
    return newEpoch, 0, branch
  end
  local top = tonumber(known[2] or 0)
  if known[3] ~= branch then
    local forks = known[3] and (known[3] .. ':' .. top .. ' ') or ''
    local kept = 1
    for fork in string.gmatch(known[4] or '', '%S+') do
      if kept < MAX_FORKS then forks = forks .. fork .. ' ' end
      kept = kept + 1
    end
    redis.call('HSET', META, 'branch', branch, 'forks', forks)
  end
  return known[1], top, branch
end

-- Whether somebody has seen, on some branch, what this log does not hold.
local function isBehind(top, branch, seen, seenBranch)
  if seen > top then return true end
  if seenBranch == branch then return false end
  local least = top
  for older, at in string.gmatch(redis.call('HGET', META, 'forks') or '', '(%S+):(%d+)') do
    least = math.min(least, tonumber(at))
    if older == seenBranch then return seen > least end
  end
  return true
end

-- A log that has gone back begins another epoch, before an offset of this one means something else. All are told to look.
local function honest(epoch, top, branch, newEpoch, seenEpoch, seen, seenBranch, channel)
  if seenEpoch ~= epoch or not isBehind(top, branch, seen, seenBranch) then return epoch end
  redis.call('HSET', META, 'epoch', newEpoch)
  redis.call('HDEL', META, 'forks')
  redis.call('PUBLISH', channel, '*')
  return newEpoch
end

-- Lets go of what is not kept any more, and returns the floor.
local function trim(isState, top, count, forMs)
  if not isState then
    local size = redis.call('LLEN', ENTRIES)
    if size > count then
      redis.call('LTRIM', ENTRIES, size - count, -1)
      size = count
    end
    while size > 0 and timeOf(redis.call('LINDEX', ENTRIES, 0)) <= now - forMs do
      redis.call('LPOP', ENTRIES)
      size = size - 1
    end
    return top - size
  end
  local floor = tonumber(redis.call('HGET', META, 'floor') or 0)
  local over = redis.call('ZCARD', REMOVALS) - count
  while true do
    local subject = redis.call('ZRANGE', REMOVALS, 0, 0)[1]
    if not subject then break end
    local entry = redis.call('HGET', SUBJECTS, subject)
    if over <= 0 and timeOf(entry) > now - forMs then break end
    over = over - 1
    floor = math.max(floor, offsetOf(entry))
    redis.call('ZREM', REMOVALS, subject)
    redis.call('ZREM', ORDER, subject)
    redis.call('HDEL', SUBJECTS, subject)
    redis.call('HSET', META, 'floor', floor)
  end
  return floor
end

-- The same, as it was said with the last append; and whether the newest of each subject is kept.
local function trimAsBefore(top)
  local kept = redis.call('HMGET', META, 'count', 'forMs', 'state')
  if not kept[1] then return 0, false end
  local isState = kept[3] == '1'
  return trim(isState, top, tonumber(kept[1]), tonumber(kept[2])), isState
end

-- The newest entry about a subject, or of all.
local function newestOf(isState, subject)
  local found
  if isState then
    local name = subject
    if not name then name = redis.call('ZRANGE', ORDER, -1, -1)[1] end
    found = name and redis.call('HGET', SUBJECTS, name)
  elseif not subject then
    found = redis.call('LINDEX', ENTRIES, -1)
  else
    for at = redis.call('LLEN', ENTRIES) - 1, 0, -1 do
      local entry = redis.call('LINDEX', ENTRIES, at)
      if subjectOf(entry) == subject then found = entry break end
    end
  end
  return found and { offset = offsetOf(found), text = found } or nil
end

local function forgetKeys()
  while true do
    local key = redis.call('LINDEX', KEYS_IN_ORDER, 0)
    if not key then return end
    local known = redis.call('HGET', KEYED, key)
    local expired = not known or tonumber(string.match(known, ' (%d+)$')) <= now - KEYS_FOR_MS
    if not expired and redis.call('LLEN', KEYS_IN_ORDER) <= MAX_KEYS then return end
    redis.call('LPOP', KEYS_IN_ORDER)
    redis.call('HDEL', KEYED, key)
  end
end

-- How long the channel is remembered. A state is, as long as it holds something.
local function remember(isState, forMs, forgetMs)
  local lives = isState and redis.call('HLEN', SUBJECTS) > redis.call('ZCARD', REMOVALS)
  for _, key in ipairs({ META, ENTRIES, SUBJECTS, ORDER, REMOVALS }) do
    if lives then redis.call('PERSIST', key) else redis.call('PEXPIRE', key, forMs + forgetMs) end
  end
end

-- Appends what comes next, where the newest of each subject is kept in the place of what was there about it. Lets go of
-- what is not kept any more, and tells the followers.
local function put(log, entry, keep)
  local top, isState, subject = log.top + 1, keep.isState, entry.subject
  redis.call('HSET', META, 'top', top, 'count', keep.count, 'forMs', keep.forMs, 'state', isState and 1 or 0)
  local text = pack(top, now, entry.about, entry.removes, subject, entry.payload)
  if isState then
    redis.call('HSET', SUBJECTS, subject, text)
    redis.call('ZADD', ORDER, top, subject)
    if entry.removes then redis.call('ZADD', REMOVALS, top, subject) else redis.call('ZREM', REMOVALS, subject) end
  else
    redis.call('RPUSH', ENTRIES, text)
  end
  trim(isState, top, keep.count, keep.forMs)
  remember(isState, keep.forMs, keep.forgetMs)
  redis.call('PUBLISH', keep.live, log.epoch .. ' ' .. log.branch .. ' ' .. text)
end
`;
