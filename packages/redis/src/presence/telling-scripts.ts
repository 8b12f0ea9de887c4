import type { Script } from '../script.ts';
import { script } from '../script.ts';
import { presencePrelude } from './presence-parts.ts';

const taken = `${presencePrelude}
local upTo = tonumber(ARGV[8])
local function letGo()
  while true do
    local change = redis.call('LINDEX', QUEUE, 0)
    if not change or tonumber(string.match(change, '^%d+')) > upTo then return end
    redis.call('LPOP', QUEUE)
  end
end
`;

/**
 * Lets go of what was told, and gives what comes next.
 *
 * Arguments: the sequence up to which all was taken, how many missed changes were told, and how many changes are wanted.
 *
 * Answers `told, birth, sequence, how many were missed, changes`, or why not: `other` if another node tells.
 */
export const take: Script = script(`${taken}
local missedTold, limit = tonumber(ARGV[9]), tonumber(ARGV[10])
local why = trouble() or (teller ~= node and 'other')
if why then return answer(why) end
letGo()
if missedTold > 0 then redis.call('HINCRBY', STATE, 'missed', -missedTold) end
local changes = limit > 0 and redis.call('LRANGE', QUEUE, 0, limit - 1) or {}
return answer('told', tonumber(redis.call('HGET', STATE, 'missed') or 0), changes)
`);

/**
 * A node ends. Those whom it leaves behind have the time of a lease to come back to another one.
 *
 * Arguments: the sequence up to which all was taken.
 */
export const retire: Script = script(`${taken}
if redis.call('ZSCORE', NODES, node) then redis.call('ZADD', NODES, now + leaseMs, node) end
if teller == node then
  letGo()
  redis.call('HDEL', STATE, 'teller')
  redis.call('PUBLISH', TOLD, 'free')
end
return answer('retired')
`);
