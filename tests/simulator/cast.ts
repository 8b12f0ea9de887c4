import type { Client, Surroundings } from './client.ts';
import { PollClient } from './poll-client.ts';
import { PostClient } from './post-client.ts';
import { SessionClient } from './session-client.ts';
import type { ClientPlan, Setup } from './setup.ts';
import { StreamClient } from './stream-client.ts';

/** The clients of a setup. @param nextData A number that nobody else shows or publishes. */
export function createClients(setup: Setup, around: Surroundings, nextData: () => number): readonly Client[] {
  return setup.clients.map((plan, index) => createClient(plan, `c${index}`, { setup, around, nextData }));
}

function createClient(
  plan: ClientPlan,
  name: string,
  {
    setup: { channels, presence },
    around,
    nextData,
  }: { readonly setup: Setup; readonly around: Surroundings; readonly nextData: () => number },
): Client {
  const { kind, where, watches } = plan;
  const user = `u${plan.user}`;
  const names = plan.channels.map((at) => channels[at] ?? '');
  if (kind === 'stream') return new StreamClient(user, names, where, around);
  if (kind === 'poll') return new PollClient(user, { channel: names[0] ?? '', where, style: plan.poll }, around);
  if (kind === 'post') return new PostClient(user, around);
  const [token, client] = [plan.token ? user : null, plan.named ? name : null];
  const tidy = presence !== null;
  const listUpTo = presence?.listUpTo ?? 0;
  const session = new SessionClient({ kind, user, token, client, watches, tidy, listUpTo }, around);
  for (const channel of names) session.subscribe(channel, where);
  if (plan.enters) for (const channel of names) session.enter(channel, nextData());
  return session;
}
