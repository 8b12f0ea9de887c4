import type { Member, PresenceSnapshot } from '@rt/client';
import type { Screen } from './terminal.ts';
import { jsonLine, printable, styled } from './terminal.ts';

/** What has become of a member. */
type MemberChange =
  | { readonly type: 'joined' | 'changed'; readonly member: Member }
  | { readonly type: 'left'; readonly user: string };

/** What leads from one list to the next. One that has not changed is the same object in both. */
function memberChanges(before: readonly Member[], after: readonly Member[]): readonly MemberChange[] {
  const known = new Map(before.map((member) => [member.user, member]));
  const here = new Set(after.map(({ user }) => user));
  return [
    ...before.filter(({ user }) => !here.has(user)).map(({ user }): MemberChange => ({ type: 'left', user })),
    ...after
      .filter((member) => known.get(member.user) !== member)
      .map((member): MemberChange => ({ type: known.has(member.user) ? 'changed' : 'joined', member })),
  ];
}

/** How it is shown who is there. */
export interface MembersTold {
  list(channel: string, snapshot: PresenceSnapshot): void;
  change(channel: string, change: MemberChange): void;
}

/** One JSON object a line. */
export function jsonMembers(out: Screen): MembersTold {
  return {
    list: (channel, { count, connections, complete, members }) =>
      out.line(jsonLine({ type: 'members', channel, count, connections, complete, members })),
    change: (channel, change) =>
      out.line(
        jsonLine(
          change.type === 'left'
            ? { type: 'left', channel, user: change.user }
            : { type: change.type, channel, ...change.member },
        ),
      ),
  };
}

const marks = { joined: ['green', '+'], changed: ['yellow', '~'], left: ['red', '-'] } as const;

/** Lines to be read, with the channel where there are several. */
export function readableMembers(out: Screen, channels: readonly string[]): MembersTold {
  const width = Math.max(...channels.map(({ length }) => length));
  const head = (channel: string): string => (channels.length > 1 ? `${channel.padEnd(width)}  ` : '');
  const row = ({ user, connections, state }: Member, userWidth: number): string =>
    `${printable(user).padEnd(userWidth)}  ${styled(out, 'dim', `×${connections}`)}  ${jsonLine(state ?? null)}`;
  return {
    list(channel, { count, connections, complete, members }) {
      const few = complete || members.length === count ? '' : `, of whom ${members.length} are told`;
      out.line(
        `${head(channel)}${styled(out, 'bold', plural(count, 'member'))}, ${plural(connections, 'connection')}${few}`,
      );
      const userWidth = Math.max(0, ...members.map(({ user }) => printable(user).length));
      for (const member of members) out.line(`${head(channel)}  ${row(member, userWidth)}`);
    },
    change(channel, change) {
      const [style, mark] = marks[change.type];
      const text = change.type === 'left' ? printable(change.user) : row(change.member, 0);
      out.line(`${head(channel)}${styled(out, style, mark)} ${text}`);
    },
  };
}

/** Tells each list that is given: the first as it is, and then what has changed; all again where not all are told. */
export function membersFollower(channel: string, told: MembersTold): (snapshot: PresenceSnapshot) => void {
  let before: PresenceSnapshot | null = null;
  return (snapshot) => {
    if (before?.complete === true && snapshot.complete) {
      for (const change of memberChanges(before.members, snapshot.members)) told.change(channel, change);
    } else told.list(channel, snapshot);
    before = snapshot;
  };
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
