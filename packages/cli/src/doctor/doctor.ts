import { channelNameFault } from '@rt/protocol';
import { Arguments } from '../arguments.ts';
import type { ExitCode } from '../exit-code.ts';
import { exitCodes, UsageError } from '../exit-code.ts';
import { commonOptions, targetOf } from '../target.ts';
import type { Terminal } from '../terminal.ts';
import { styled } from '../terminal.ts';
import type { Check, CheckName, Ground, Verdict } from './check.ts';
import { checks } from './checks.ts';
import type { Finding } from './findings.ts';
import { countOf, jsonFindings, readableFindings } from './findings.ts';
import { Probe, ProbeError } from './probe.ts';

/** Checks a deployment from outside. @throws UsageError */
export async function doctor(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const given = new Arguments(args, {
    ...commonOptions,
    channel: 'text',
    origin: 'text',
    patience: 'text',
    skip: 'list',
  });
  const [url] = given.named('url');
  const target = targetOf(url, given, terminal);
  const skipped = new Set(given.list('skip').map(checkName));
  const found = new Map<CheckName, Finding>();
  const ground: Ground = {
    probe: new Probe(target),
    channel: channelOf(given),
    origin: originOf(given.text('origin') ?? target.url),
    patienceMs: given.number('patience', 20, { min: 1, whole: false }) * 1000,
    passed: (name) => ['ok', 'note'].includes(found.get(name)?.verdict.type ?? ''),
  };
  const { out, signal } = terminal;
  const json = given.flag('json');
  const told = json ? jsonFindings(out) : readableFindings(out, Math.max(...checks.map(({ name }) => name.length)));
  if (!json) out.line(`${styled(out, 'bold', 'rt doctor')} ${target.url}\n`);
  for (const check of checks) {
    if (signal.aborted) break;
    const startedMs = performance.now();
    const announced = json || skipped.has(check.name) ? undefined : check.announces?.(ground);
    if (announced !== undefined) terminal.notes.line(styled(terminal.notes, 'dim', `  …     ${announced}`));
    const verdict = skipped.has(check.name)
      ? ({ type: 'skip', why: 'not wanted' } as const)
      : await verdictOf(check, ground, found);
    const finding = { check, verdict, ms: performance.now() - startedMs };
    found.set(check.name, finding);
    told.finding(finding);
    // Nothing is to be learned of the others.
    if (check.name === 'reach' && verdict.type === 'fail') break;
  }
  const findings = [...found.values()];
  told.end(findings);
  if (found.get('reach')?.verdict.type === 'fail') return exitCodes.unreached;
  return countOf(findings, 'fail') > 0 ? exitCodes.found : exitCodes.good;
}

/** What a check says, unless one has failed that it stands on: then what is wrong is said already. */
async function verdictOf(check: Check, ground: Ground, found: ReadonlyMap<CheckName, Finding>): Promise<Verdict> {
  const failed = check.needs.find((name) => found.get(name)?.verdict.type === 'fail');
  if (failed !== undefined) return { type: 'skip', why: `what ${failed} has found comes first` };
  try {
    return await check.run(ground);
  } catch (cause) {
    if (!(cause instanceof ProbeError)) throw cause;
    const advice =
      check.name === 'reach'
        ? 'is the address right, is the server started, and may it be reached from here?'
        : 'look at what the proxy and the app log about this request';
    return { type: 'fail', came: cause.message, advice };
  }
}

function checkName(text: string): CheckName {
  const check = checks.find(({ name }) => name === text);
  if (check !== undefined) return check.name;
  throw new UsageError(
    `--skip is one of ${checks.map(({ name }) => name).join(', ')}, and ${JSON.stringify(text)} came`,
  );
}

function channelOf(given: Arguments): string | null {
  const channel = given.text('channel');
  if (channel === null) return null;
  const fault = channelNameFault(channel);
  if (fault === null) return channel;
  throw new UsageError(`--channel is a channel's name: ${fault}`);
}

function originOf(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (/^https?:/.test(origin)) return origin;
  throw new UsageError(`--origin is a site, like https://app.example.com, and ${JSON.stringify(text)} came`);
}
