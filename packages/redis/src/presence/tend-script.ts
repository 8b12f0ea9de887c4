import type { Script } from '../script.ts';
import { script } from '../script.ts';
import { presencePrelude } from './presence-parts.ts';

/**
 * Keeps a node's lease, and lets go of a number of those whose time has come: who were leaving, and who belong to nodes that
 * are dead.
 *
 * Arguments: `begin` for a node that begins anew or `tend`, whether it listens, the number, and the names, with spaces
 * between them, that it had before: beginning it tells in their stead, later they are given up.
 *
 * Answers `begun, birth, sequence`, or `tended, birth, sequence, whether there are more, in how many milliseconds the next one
 * leaves (-1: nobody does), whether this node tells, how many changes are to be told`, or why not.
 */
export const tend: Script = script(`${presencePrelude}
local mode, listens, left, names = ARGV[8], ARGV[9] == '1', tonumber(ARGV[10]), ARGV[11]

-- Where nobody has tended, the server stood still, or could not be reached: that is no node's fault.
local idleMs = now - tendedAt
if idleMs > leaseMs / 2 then
  for _, name in ipairs(redis.call('ZRANGE', NODES, 0, -1)) do
    redis.call('ZINCRBY', NODES, math.floor(idleMs - leaseMs / 3), name)
  end
end
redis.call('HSET', STATE, 'tendedAt', now)
if listens then listen() end

if mode == 'begin' then
  redis.call('ZADD', NODES, now + leaseMs, node)
  for name in string.gmatch(names, '%S+') do
    if name == teller then redis.call('HSET', STATE, 'teller', node) end
  end
  return answer('begun')
end
local why = trouble()
if why then return answer(why) end
redis.call('ZADD', NODES, now + leaseMs, node)

local function bury(name)
  redis.call('ZREM', NODES, name)
  redis.call('SADD', DEAD, name)
end
for name in string.gmatch(names, '%S+') do bury(name) end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', NODES, '-inf', now)) do bury(name) end
if listens and (not teller or not redis.call('ZSCORE', NODES, teller)) then
  teller = node
  redis.call('HSET', STATE, 'teller', teller)
end

for _, row in ipairs(redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, left)) do
  depart(goTo(row))
  left = left - 1
end
for _, name in ipairs(redis.call('SMEMBERS', DEAD)) do
  if left <= 0 then break end
  for _, row in ipairs(redis.call('ZRANGE', rowsOf(name), 0, left - 1)) do
    depart(goTo(row))
    redis.call('ZREM', rowsOf(name), row)
    left = left - 1
  end
  if redis.call('EXISTS', rowsOf(name)) == 0 then redis.call('SREM', DEAD, name) end
end

local next = redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')[2]
local dueInMs = next and math.max(0, math.ceil(tonumber(next) - now)) or -1
return answer('tended', left <= 0 and 1 or 0, dueInMs, teller == node and 1 or 0, redis.call('LLEN', QUEUE))
`);
