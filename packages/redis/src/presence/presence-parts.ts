import { prelude } from '../script-parts.ts';

/**
 * What all scripts of presence begin with. They get the name of the partition's STATE and make those of the others of it,
 * which share its hash tag:
 *
 * - STATE, a hash: the birth, the sequence of the last change, when somebody tended last, who tells, and how many were missed
 * - NODES, a sorted set of nodes by the time at which their leases end; DEAD, a set of those whose members are to leave
 * - a sorted set for each node: the rows that are its own, and do not leave
 * - DUE, a sorted set of rows by the time at which they leave
 * - a set for each user: the places where the user is
 * - LISTENED, if somebody wants to be told, and QUEUE, a list: the changes that nobody has been told yet
 *
 * A row is `length length place user client`, with the lengths of the place and of the user. Each place has a log as a
 * channel has one, and a hash of its users: the user's id as JSON, then each client as its name, its holder, what it shows
 * and its node. What is shown is that of the last.
 *
 * The first arguments are the time, a text that has never been before, the node, the birth that it knows, the newest
 * sequence that it has heard of, for how long a lease is, and for how long a place where nobody is is remembered.
 */
export const presencePrelude: string = `${prelude}
local STATE = KEYS[1]
local BASE = string.sub(STATE, 1, -7)
local NODES, DEAD, DUE, QUEUE = BASE .. ':nodes', BASE .. ':dead', BASE .. ':due', BASE .. ':queue'
local LISTENED, TOLD = BASE .. ':listened', BASE .. ':told'
local MAX_WAITING, DEPARTURES, DEPARTURES_FOR_MS = 10000, 1000, 60000
local fresh, node, knownBirth, seen = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local leaseMs, forgetMs = tonumber(ARGV[6]), tonumber(ARGV[7])

local known = redis.call('HMGET', STATE, 'birth', 'sequence', 'tendedAt', 'teller')
local birth, sequence, tendedAt, teller = known[1], tonumber(known[2] or 0), tonumber(known[3] or now), known[4]
if not birth then
  birth, sequence = fresh, now * 1000
  redis.call('HSET', STATE, 'birth', birth, 'sequence', string.format('%.0f', sequence))
end
if sequence < seen then sequence = seen end
-- After a failover what was done last may be lost.
birth = birth .. '@' .. branchOf()
local listened = redis.call('EXISTS', LISTENED) == 1

-- Changes are kept from now on until they are told. Where nobody listens for a day they are not any more.
local function listen()
  redis.call('SET', LISTENED, '1', 'PX', 86400000)
  listened = true
end

-- Why nothing can be done for this node before it has begun anew.
local function trouble()
  if birth ~= knownBirth then return 'lost' end
  if not redis.call('ZSCORE', NODES, node) then return 'fenced' end
end

local function answer(word, ...) return { word, birth, string.format('%.0f', sequence), ... } end

local PLACE, CLIENTS, LIVE
local function go(place)
  local base = BASE .. ':place:' .. place
  PLACE, CLIENTS, LIVE = place, base .. ':clients', BASE .. ':live:' .. place
  META, ENTRIES, SUBJECTS, ORDER = base .. ':meta', base .. ':entries', base .. ':subjects', base .. ':order'
  REMOVALS, KEYED, KEYS_IN_ORDER = base .. ':removals', base .. ':keyed', base .. ':keys'
end

local function rowsOf(name) return BASE .. ':node:' .. name end
local function placesOf(user) return BASE .. ':user:' .. user end
local function rowOf(user, client) return string.format('%d %d ', #PLACE, #user) .. PLACE .. user .. client end

-- Goes to the place of a row. Returns the user and the client.
local function goTo(row)
  local place, user, from = string.match(row, '^(%d+) (%d+) ()')
  place, user = from + tonumber(place), tonumber(user)
  go(string.sub(row, from, place - 1))
  return string.sub(row, place, place + user - 1), string.sub(row, place + user)
end

local function clientsOf(user)
  local packed = redis.call('HGET', CLIENTS, user)
  return packed and cmsgpack.unpack(packed) or nil
end
local function find(list, client)
  for at = 2, #list do if list[at][1] == client then return at end end
end
local function shown(list) return list[#list][3] end
local function store(user, list)
  if #list == 1 then redis.call('HDEL', CLIENTS, user) else redis.call('HSET', CLIENTS, user, cmsgpack.pack(list)) end
end

-- The log of the place. What was appended on another branch of the server's history may have been another thing there.
local function logHere()
  local branch, written = branchOf(), redis.call('HGET', META, 'written')
  if written and written ~= branch then
    redis.call('HSET', META, 'epoch', fresh)
    redis.call('HDEL', META, 'forks')
  end
  local epoch, top = head(fresh)
  if written ~= branch then redis.call('HSET', META, 'written', branch) end
  return { epoch = epoch, branch = branch, top = top }
end

local function tell(kind, user, state)
  sequence = sequence + 1
  local number = string.format('%.0f', sequence)
  redis.call('HSET', STATE, 'sequence', number)
  if not listened then return end
  local change = string.format('%s %s %d %d ', number, kind, #PLACE, #user) .. PLACE .. user .. state
  local waiting = redis.call('RPUSH', QUEUE, change)
  if waiting == 1 then redis.call('PUBLISH', TOLD, '') end
  if waiting > MAX_WAITING then
    redis.call('LPOP', QUEUE)
    redis.call('HINCRBY', STATE, 'missed', 1)
  end
end

local function changed(kind, user, list, state)
  store(user, list)
  local payload = list[1]
  if #list > 1 then
    payload = '{"user":' .. list[1] .. ',"state":' .. shown(list) .. ',"connections":' .. (#list - 1) .. '}'
  end
  local log = logHere()
  trimAsBefore(log.top)
  local entry = { about = true, removes = #list == 1, subject = user, payload = payload }
  local keep = { isState = true, count = DEPARTURES, forMs = DEPARTURES_FOR_MS, forgetMs = forgetMs, live = LIVE }
  put(log, entry, keep)
  tell(kind, user, state)
end

local function enter(user, json, client, holder, state)
  local list, row = clientsOf(user) or { json }, rowOf(user, client)
  local at = find(list, client)
  if not at then
    list[#list + 1] = { client, holder, state, node }
    redis.call('ZADD', rowsOf(node), now, row)
    if #list == 2 then redis.call('SADD', placesOf(user), PLACE) end
    return changed(#list == 2 and 'joined' or 'updated', user, list, state)
  end
  local one, before = list[at], shown(list)
  redis.call('ZREM', DUE, row)
  if one[4] ~= node then redis.call('ZREM', rowsOf(one[4]), row) end
  redis.call('ZADD', rowsOf(node), 'NX', now, row)
  one[2], one[4] = holder, node
  if one[3] ~= state then
    one[3] = state
    table.remove(list, at)
    list[#list + 1] = one
  end
  if shown(list) == before then store(user, list) else changed('updated', user, list, state) end
end

local function depart(user, client)
  local list, row = clientsOf(user), rowOf(user, client)
  local at = list and find(list, client)
  redis.call('ZREM', DUE, row)
  if not at then return end
  redis.call('ZREM', rowsOf(list[at][4]), row)
  local before = shown(list)
  table.remove(list, at)
  if #list > 1 then return changed('updated', user, list, shown(list)) end
  redis.call('SREM', placesOf(user), PLACE)
  changed('left', user, list, before)
end

-- Leaving, it belongs to no node: it goes when its time has come, whoever is there then.
local function leave(user, client, holder, afterMs)
  local list = clientsOf(user)
  local at = list and find(list, client)
  if not at or list[at][2] ~= holder then return end
  if afterMs == 0 then return depart(user, client) end
  local row = rowOf(user, client)
  redis.call('ZADD', DUE, now + afterMs, row)
  redis.call('ZREM', rowsOf(list[at][4]), row)
end
`;
