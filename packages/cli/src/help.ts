import type { Screen } from './terminal.ts';
import { styled } from './terminal.ts';

const commands = ['tail', 'publish', 'presence', 'history', 'doctor'] as const;

export type CommandName = (typeof commands)[number];

export function isCommand(name: string): name is CommandName {
  return commands.some((command) => command === name);
}

/** One row of a table: what is written, and what it means. */
type Row = readonly [name: string, meaning: string];

interface Page {
  readonly usage: string;
  /** What it does, in the overview too. */
  readonly does: string;
  readonly more: string;
  readonly options: readonly Row[];
  readonly examples: readonly string[];
}

const common: readonly Row[] = [
  ['--token <token>', 'who asks; also from RT_TOKEN, which other users of the machine do not see'],
  ['--header <name:value>', "of each request, as a page's cookie; may be given several times"],
  ['--json', 'one JSON object a line'],
];

const client: readonly Row[] = [
  ['--transport <name>', 'auto, websocket, sse, long-poll or poll (auto)'],
  ['--timeout <seconds>', 'how long until it has to be reached, and has to answer (10)'],
  ...common,
];

const from: Row = ['--from <place>', 'now, start, last=10, or a position: what comes after it'];

const pages: Readonly<Record<CommandName, Page>> = {
  tail: {
    usage: 'rt tail <url> <channel...>',
    does: 'follows channels: publications, gaps, who is there',
    more: `Each publication with its position. A connection that is lost comes back by itself and goes on where it was; what is
missing is said as a gap. Ctrl-C ends it.`,
    options: [
      [from[0], `${from[1]} (now)`],
      ['--presence', 'also who is there, and who comes and goes'],
      ['--count <n>', 'ends after so many publications'],
      ...client,
    ],
    examples: [
      'rt tail localhost:3000/rt room:lobby --from last=10',
      'rt tail https://app.example.com/rt order:42 order:43 --json | jq \'select(.event == "status")\'',
    ],
  },
  publish: {
    usage: 'rt publish <url> <channel> <event> [json|-]',
    does: 'publishes, and says the position',
    more: `Without JSON the data is null. With - each line of the input is published, in order; positions come in the same order.`,
    options: [
      ['--key <key>', 'the same for each repetition: it is stored once'],
      ['--if-position <position>', 'refused with conflict if anything newer was published'],
      ...client,
    ],
    examples: [
      `rt publish localhost:3000/rt room:lobby message '{"text":"hi"}'`,
      'generate | rt publish localhost:3000/rt log:1 line -',
    ],
  },
  presence: {
    usage: 'rt presence <url> <channel>',
    does: 'says who is in a channel',
    more: `Users, how many connections each has, and what they show.`,
    options: [['--watch', 'goes on with who comes (+), goes (-) and shows something else (~)'], ...client],
    examples: ['rt presence localhost:3000/rt room:lobby --watch'],
  },
  history: {
    usage: 'rt history <url> <channel>',
    does: 'says what is kept of a channel',
    more: `Oldest first, and at the end where to read on. Ends with 1 if publications are missing where it was to begin.`,
    options: [
      [from[0], 'start, last=10, or a position: what comes after it (the newest)'],
      ['--limit <n>', 'the most publications (100)'],
      ...client,
    ],
    examples: ['rt history localhost:3000/rt order:42 --from start --limit 1000 --json'],
  },
  doctor: {
    usage: 'rt doctor <url>',
    does: 'checks a deployment from outside',
    more: `Asks as browsers do, through every proxy on the way, and says for each check what was expected, what came and what
mends it. It publishes nothing. Without a channel some checks are left out.`,
    options: [
      ['--channel <name>', 'one that may be subscribed'],
      ['--origin <origin>', 'the site of the pages, if it is another one than that of the URL'],
      ['--patience <seconds>', 'how long it looks whether quiet connections are cut (20)'],
      ['--skip <check>', 'leaves a check out; may be given several times'],
      ...common,
    ],
    examples: [
      'rt doctor https://app.example.com/rt --channel room:lobby',
      "rt doctor https://app.example.com/rt --header 'cookie: sid=…' --json",
    ],
  },
};

const exits: readonly Row[] = [
  ['0', 'good'],
  ['1', 'it found something: a refusal, a gap, a check that failed'],
  ['2', 'it was called with something it does not know'],
  ['3', 'no hub was reached'],
];

/** What there is. */
export function overview(screen: Screen): string {
  return [
    `${styled(screen, 'bold', 'rt')}  channels of @rt from a terminal\n`,
    table(commands.map((name): Row => [pages[name].usage, pages[name].does])),
    `\n${styled(screen, 'bold', 'Options of all')}`,
    table(common),
    `\n${styled(screen, 'bold', 'Ends with')}`,
    table(exits),
    '\n<url> is where the hub is mounted, like https://app.example.com/rt. rt help <command> says more.',
  ].join('\n');
}

/** All about one command. */
export function helpPage(name: CommandName, screen: Screen): string {
  const { usage, does, more, options, examples } = pages[name];
  return [
    `${styled(screen, 'bold', usage)}  ${does}\n`,
    more,
    `\n${styled(screen, 'bold', 'Options')}`,
    table(options),
    `\n${styled(screen, 'bold', 'Ends with')}`,
    table(exits),
    `\n${styled(screen, 'bold', examples.length === 1 ? 'Example' : 'Examples')}`,
    ...examples.map((example) => `  ${example}`),
  ].join('\n');
}

function table(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`).join('\n');
}
