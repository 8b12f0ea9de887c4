import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { DefaultTheme } from 'vitepress';

interface Section {
  readonly text: string;
  readonly folder: string;
  /** Page and title, in the order in which they are read. */
  readonly pages: readonly (readonly [string, string])[];
}

const sections: readonly Section[] = [
  {
    text: 'Start',
    folder: 'start',
    pages: [
      ['index', 'What there is'],
      ['express', 'Express'],
      ['fastify', 'Fastify'],
      ['koa', 'Koa'],
      ['nest', 'NestJS'],
      ['node', 'node:http'],
      ['chat', 'A chat from nothing'],
    ],
  },
  {
    text: 'Guides',
    folder: 'guides',
    pages: [
      ['channels', 'Channels'],
      ['replay-and-gaps', 'Replay and gaps'],
      ['authorization', 'Authorization'],
      ['presence', 'Presence'],
      ['transports', 'Choosing a transport'],
      ['calculator', 'A calculator'],
      ['optimistic', 'Optimistic updates and conflicts'],
      ['slow-clients', 'Slow clients'],
      ['testing', 'Testing your app'],
      ['deploy', 'Deploy and drain'],
      ['scaling', 'More than one node'],
      ['metrics', 'Metrics and traces'],
      ['cli', 'The command line'],
      ['recipes', 'Recipes'],
      ['mistakes', 'When it does not work'],
    ],
  },
  {
    text: 'Migrating',
    folder: 'migrating',
    pages: [
      ['socket-io', 'From Socket.IO'],
      ['pusher', 'From Pusher'],
      ['better-sse', 'From better-sse'],
    ],
  },
  {
    text: 'Hosts',
    folder: 'hosts',
    pages: [
      ['express', 'Express'],
      ['fastify', 'Fastify'],
      ['koa', 'Koa'],
      ['nest', 'NestJS'],
      ['node', 'node:http'],
    ],
  },
  {
    text: 'Reference',
    folder: 'reference',
    pages: [
      ['options', 'Options'],
      ['frames', 'Frames'],
      ['events', 'Events'],
      ['codes', 'Error codes'],
      ['requirements', 'Requirements'],
    ],
  },
  {
    text: 'Internals',
    folder: 'internals',
    pages: [
      ['journey', 'A message’s journey'],
      ['repair', 'Repair'],
      ['presence-leases', 'Presence leases'],
      ['writing-a-broker', 'Writing a broker'],
      ['writing-a-transport', 'Writing a transport'],
      ['writing-a-client', 'Writing a client'],
      ['performance', 'Performance'],
      ['soak', 'Soak and load'],
      ['security', 'Security'],
      ['soak', 'Soak and load'],
      ['soak-report', 'Report of a soak'],
    ],
  },
];

/** Every decision by its heading. */
const decisions: DefaultTheme.SidebarItem = {
  text: 'Decisions',
  collapsed: true,
  items: readdirSync(new URL('../decisions', import.meta.url))
    .filter((file) => file.endsWith('.md'))
    .toSorted()
    .map((file) => {
      const heading = /^# (.*)$/m.exec(readFileSync(new URL(`../decisions/${file}`, import.meta.url), 'utf8'))?.[1];
      return { text: heading ?? file, link: `/decisions/${file.replace('.md', '')}` };
    }),
};

/** Pages that are not there are left out. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  ...sections.map(({ text, folder, pages }) => ({
    text,
    collapsed: false,
    items: pages
      .filter(([page]) => existsSync(new URL(`../${folder}/${page}.md`, import.meta.url)))
      .map(([page, title]) => ({ text: title, link: `/${folder}/${page === 'index' ? '' : page}` })),
  })),
  decisions,
];
