import type { Script } from './script.ts';
import { script } from './script.ts';
import { prelude } from './script-parts.ts';

/**
 * Reads the whole extent of a log, and those of its entries that come after an offset.
 *
 * Arguments: the epoch that a log gets which nobody has written to, the epoch and the offset of the place that is asked
 * for (an empty epoch is the start), the most entries (a state gives no fewer than lead to its floor), for how long a log
 * without publications is remembered, the branch on which the one who asks has seen the place (an empty one: has not), and
 * the name under which followers are told.
 *
 * Answers `epoch, floor, top, now, whether it is a state, to, entries, branch`. Of a place that does not lead on, the entries are those
 * from the start.
 */
export const read: Script = script(`${prelude}
local newEpoch, kind, wantedEpoch, wanted = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local limit, forgetMs, seenBranch, channel = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8], ARGV[9]
local epoch, top, branch = head(newEpoch)
if seenBranch ~= '' then
  epoch = honest(epoch, top, branch, newEpoch, wantedEpoch, wanted, seenBranch, channel)
end
local floor, isState = trimAsBefore(top)
if top == 0 then redis.call('PEXPIRE', META, forgetMs) end

local start = isState and 0 or floor
local from = start
if kind == 'after' then
  if wantedEpoch == epoch and wanted <= top and (wanted >= floor or wanted == start) then from = wanted end
  if wantedEpoch == epoch and wanted > top and not isState then from = top end
elseif kind == 'last' then
  from = math.max(floor, top - wanted)
elseif kind == 'live' then
  from = top
end

local entries = {}
local to = from
if limit > 0 then
  to = top
  if isState then
    local least = from == 0 and floor or 0
    for _, subject in ipairs(redis.call('ZRANGEBYSCORE', ORDER, '(' .. from, '+inf')) do
      local entry = redis.call('HGET', SUBJECTS, subject)
      local offset = offsetOf(entry)
      if #entries >= limit and offset > least then
        to = math.max(from, least, #entries > 0 and offsetOf(entries[#entries]) or 0)
        break
      end
      entries[#entries + 1] = entry
    end
  else
    local first = from - floor
    entries = redis.call('LRANGE', ENTRIES, first, first + limit - 1)
    to = from + #entries
  end
end
return { epoch, tostring(floor), tostring(top), tostring(now), isState and 1 or 0, tostring(to), entries, branch }
`);
