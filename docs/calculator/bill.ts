import type { Measured } from './measured-shape.ts';
import type { Need } from './need.ts';
import { ably, pusher, server } from './price-tables.ts';
import { leastOfAll, processesFor } from './processes.ts';
import type { TransportLoad } from './transport-load.ts';
import { deliveredPerSecond, publishedPerSecond, saidPerSecond } from './transport-load.ts';

/** How much of a server's memory connections may take. */
const memoryShareAtMost = 0.5;
const daysPerMonth = 30;
const gib = 1024 ** 3;

/** Servers of your own. */
export interface OwnBill {
  readonly processes: number;
  readonly servers: number;
  readonly transferGiB: number;
  readonly usdPerMonth: number;
}

/** What somebody else would take. `null`: more than the largest plan that has a price. */
export type VendorBill = {
  readonly plan: string;
  readonly usdPerMonth: number;
  /** With the largest discount that is told; the same where there is none. */
  readonly leastUsdPerMonth: number;
} | null;

/** Seconds a month at which the audience is there. */
function secondsPerMonth({ hoursPerDay }: Need): number {
  return hoursPerDay * 3600 * daysPerMonth;
}

export function bytesPerMonth(need: Need, { bytesPerSecond }: TransportLoad): number {
  return bytesPerSecond * secondsPerMonth(need);
}

/** Publications, deliveries and what clients say, as both vendors count. */
export function messagesPerSecond(need: Need): number {
  return publishedPerSecond(need) + deliveredPerSecond(need) + saidPerSecond(need);
}

export function ownBill(need: Need, load: TransportLoad, measured: Measured): OwnBill {
  const processes = processesFor(load, measured);
  const needed = Math.max(
    Math.ceil(processes / server.cores),
    Math.ceil(load.memoryBytes / (server.memoryGiB * gib * memoryShareAtMost)),
    leastOfAll,
  );
  const transferGiB = bytesPerMonth(need, load) / gib;
  const costs = (servers: number): number =>
    servers * server.usdPerMonth + Math.max(0, transferGiB - servers * server.transferGiB) * server.usdPerFurtherGiB;
  // One more server with its traffic may be cheaper than that traffic alone.
  const byTraffic = transferGiB / server.transferGiB;
  const [servers = needed] = [needed, Math.floor(byTraffic), Math.ceil(byTraffic)]
    .filter((number) => number >= needed)
    .toSorted((one, other) => costs(one) - costs(other));
  return { processes, servers, transferGiB, usdPerMonth: costs(servers) };
}

export function pusherBill(need: Need): VendorBill {
  const perDay = messagesPerSecond(need) * need.hoursPerDay * 3600;
  const plan = pusher.plans.find(
    ({ connections, messagesPerDay }) => connections >= need.clients && messagesPerDay >= perDay,
  );
  if (plan === undefined) return null;
  return { plan: plan.name, usdPerMonth: plan.usdPerMonth, leastUsdPerMonth: plan.usdPerMonth };
}

export function ablyBill(need: Need): VendorBill {
  const perSecond = messagesPerSecond(need);
  const messages = perSecond * secondsPerMonth(need);
  const plan = ably.plans.find(
    ({ connections, channels, messagesPerSecond: most, usdPerMonth }) =>
      connections >= need.clients &&
      channels >= need.channels &&
      most >= perSecond &&
      (usdPerMonth > 0 || messages <= ably.freeMessagesPerMonth),
  );
  if (plan === undefined) return null;
  if (plan.usdPerMonth === 0) return { plan: plan.name, usdPerMonth: 0, leastUsdPerMonth: 0 };
  const minutes = ((need.clients + need.channels) * secondsPerMonth(need)) / 60;
  const used = (messages * ably.usdPerMillionMessages + minutes * ably.usdPerMillionMinutes) / 1e6;
  return {
    plan: plan.name,
    usdPerMonth: plan.usdPerMonth + used,
    leastUsdPerMonth: plan.usdPerMonth + used * ably.leastShare,
  };
}
