import type { Script } from '../script.ts';
import { script } from '../script.ts';
import { presencePrelude } from './presence-parts.ts';

/**
 * Does any number of steps, each with eight arguments: what is done, the place, the user, the user as JSON, the client, its
 * holder, what it shows, and after how many milliseconds it leaves (an empty text: it stays).
 *
 * `restore` is of a node that has begun anew, for what it had before: it never takes a client from another holder.
 *
 * Answers `done, birth, sequence, the numbers of those that another holder has`, or why not.
 */
export const steps: Script = script(`${presencePrelude}
local why = trouble()
if why then return answer(why) end

local function expel(user, place)
  go(place)
  local list = clientsOf(user) or {}
  for at = 2, #list do depart(user, list[at][1]) end
end

-- One who was leaving and is not there has left, unless that is what was lost.
local function restore(user, json, client, holder, state, afterMs, isLost)
  local list, row = clientsOf(user), rowOf(user, client)
  local at = list and find(list, client)
  if at and list[at][2] ~= holder then return false end
  if afterMs and not at and not isLost then return true end
  if not at or not afterMs then enter(user, json, client, holder, at and list[at][3] or state) end
  if afterMs and not (at and redis.call('ZSCORE', DUE, row)) then leave(user, client, holder, afterMs) end
  return true
end

local overtaken = {}
for at = 8, #ARGV, 8 do
  local kind, place, user, json = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local client, holder, state, afterMs = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], tonumber(ARGV[at + 7])
  go(place)
  if kind == 'enter' then
    enter(user, json, client, holder, state)
  elseif kind == 'leave' then
    leave(user, client, holder, afterMs)
  elseif kind == 'listen' then
    listen()
  elseif kind == 'expel' then
    expel(user, place)
  elseif kind == 'expel everywhere' then
    for _, each in ipairs(redis.call('SMEMBERS', placesOf(user))) do expel(user, each) end
  elseif not restore(user, json, client, holder, state, afterMs, kind == 'restore lost') then
    overtaken[#overtaken + 1] = (at - 8) / 8
  end
end
return answer('done', overtaken)
`);
