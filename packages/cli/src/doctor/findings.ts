import type { Screen, Style } from '../terminal.ts';
import { jsonLine, printable, styled } from '../terminal.ts';
import type { Check, Verdict } from './check.ts';
import { remedies } from './remedies.ts';

/** A check with what it has found. */
export interface Finding {
  readonly check: Pick<Check, 'name' | 'expects'>;
  readonly verdict: Verdict;
  readonly ms: number;
}

/** How findings are shown. */
export interface FindingsTold {
  finding(finding: Finding): void;
  end(findings: readonly Finding[]): void;
}

const results = ['ok', 'note', 'fail', 'skip'] as const;

/** One JSON object a line, and one with the counts at the end. */
export function jsonFindings(out: Screen): FindingsTold {
  return {
    finding({ check: { name, expects }, verdict, ms }) {
      const { type: result, ...found } = verdict;
      const { remedy, ...rest } = { remedy: undefined, ...found };
      const fix = remedy === undefined ? {} : { remedies: remedies[remedy] };
      out.line(
        jsonLine({ type: 'check', check: name, result, expected: expects, ...rest, ...fix, ms: Math.round(ms) }),
      );
    },
    end(findings) {
      const counts = Object.fromEntries(results.map((result) => [result, countOf(findings, result)]));
      out.line(jsonLine({ type: 'summary', ...counts, ms: Math.round(totalMs(findings)) }));
    },
  };
}

const marks: Readonly<Record<Verdict['type'], readonly [style: Style, mark: string]>> = {
  ok: ['green', 'ok  '],
  note: ['yellow', 'note'],
  fail: ['red', 'FAIL'],
  skip: ['dim', 'skip'],
};

const places = { app: 'app', nginx: 'nginx', haproxy: 'HAProxy', alb: 'ALB' } as const;

/** Lines to be read: what is right in one, what is not with what to do. */
export function readableFindings(out: Screen, nameWidth: number): FindingsTold {
  const indent = ' '.repeat(nameWidth + 10);
  const row = (label: string, text: string): void =>
    out.line(`${indent}${styled(out, 'dim', label.padEnd(10))}${printable(text)}`);
  return {
    finding({ check: { name, expects }, verdict }) {
      const [style, mark] = marks[verdict.type];
      const head = `  ${styled(out, style, mark)}  ${name.padEnd(nameWidth)}`;
      if (verdict.type === 'skip') return out.line(`${head}  ${styled(out, 'dim', printable(verdict.why))}`);
      if (verdict.type !== 'fail') out.line(`${head}  ${printable(verdict.came)}`);
      if (verdict.type === 'note') return row('to do', verdict.advice);
      if (verdict.type === 'ok') return;
      out.line(`${head}  ${styled(out, 'bold', expects)}`);
      row('came', verdict.came);
      row('to do', verdict.advice);
      if (verdict.remedy === undefined) return;
      for (const [place, lines] of Object.entries(remedies[verdict.remedy])) {
        const label = places[place as keyof typeof places];
        for (const [index, line] of (lines as readonly string[]).entries()) row(index === 0 ? label : '', line);
      }
    },
    end(findings) {
      const words = { ok: 'good', note: 'to note', fail: 'wrong', skip: 'left out' } as const;
      const counts = results
        .filter((result) => result === 'ok' || countOf(findings, result) > 0)
        .map((result) => `${countOf(findings, result)} ${words[result]}`);
      const failed = countOf(findings, 'fail') > 0;
      const text = styled(out, failed ? 'red' : 'green', counts.join(', '));
      out.line(`\n${text}${styled(out, 'dim', `, in ${(totalMs(findings) / 1000).toFixed(1)} s`)}`);
    },
  };
}

export function countOf(findings: readonly Finding[], result: Verdict['type']): number {
  return findings.filter(({ verdict }) => verdict.type === result).length;
}

function totalMs(findings: readonly Finding[]): number {
  return findings.reduce((sum, { ms }) => sum + ms, 0);
}
