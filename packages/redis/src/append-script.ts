import type { Script } from './script.ts';
import { script } from './script.ts';
import { prelude } from './script-parts.ts';

/**
 * Appends one publication, or says why not.
 *
 * Arguments: the epoch that a new log gets, the key or an empty text, the payload, whether it is about something, the
 * subject, whether it removes it, `keep.count`, `keep.forMs`, whether the newest of each subject is kept, for how long a
 * quiet channel is remembered, the place after which it is to be appended as epoch and offset (an empty epoch is none),
 * the name under which followers are told, and what the node that asks has seen of the log, as epoch, offset and branch.
 *
 * Answers `appended | repeated, epoch, offset`, or `conflict, epoch, offset, entry | ''`, or `full, subjects`.
 */
export const append: Script = script(`${prelude}
local newEpoch, key, payload = ARGV[2], ARGV[3], ARGV[4]
local about, subject, removes = ARGV[5] == '1', ARGV[6], ARGV[7] == '1'
local count, forMs, isState, forgetMs = tonumber(ARGV[8]), tonumber(ARGV[9]), ARGV[10] == '1', tonumber(ARGV[11])
local afterEpoch, afterOffset, channel = ARGV[12], tonumber(ARGV[13]), ARGV[14]
local seenEpoch, seen, seenBranch = ARGV[15], tonumber(ARGV[16]), ARGV[17]

local epoch, top, branch = head(newEpoch)
epoch = honest(epoch, top, branch, newEpoch, seenEpoch, seen, seenBranch, channel)
local floor = trimAsBefore(top)

-- A key that is known comes first.
forgetKeys()
if key ~= '' then
  local known = redis.call('HGET', KEYED, key)
  if known then return { 'repeated', epoch, string.match(known, '^%d+') } end
end

if afterEpoch ~= '' then
  local newest = newestOf(isState, about and subject or nil)
  local fits
  if not about or afterOffset > top then
    fits = afterOffset == top
  elseif newest then
    fits = newest.offset <= afterOffset
  else
    fits = afterOffset >= floor
  end
  if afterEpoch ~= epoch or not fits then
    if newest then return { 'conflict', epoch, tostring(newest.offset), newest.text } end
    return { 'conflict', epoch, tostring(top), '' }
  end
end

if isState and not removes then
  local before = redis.call('HGET', SUBJECTS, subject)
  local stands = before and not removal(before)
  local subjects = redis.call('HLEN', SUBJECTS) - redis.call('ZCARD', REMOVALS)
  if not stands and subjects >= count then return { 'full', tostring(subjects) } end
end

local entry = { about = about, removes = removes, subject = subject, payload = payload }
local keep = { isState = isState, count = count, forMs = forMs, forgetMs = forgetMs, live = channel }
put({ epoch = epoch, branch = branch, top = top }, entry, keep)
top = top + 1
if key ~= '' then
  redis.call('HSET', KEYED, key, top .. ' ' .. now)
  redis.call('RPUSH', KEYS_IN_ORDER, key)
  forgetKeys()
  redis.call('PEXPIRE', KEYED, KEYS_FOR_MS)
  redis.call('PEXPIRE', KEYS_IN_ORDER, KEYS_FOR_MS)
end
return { 'appended', epoch, tostring(top) }
`);
