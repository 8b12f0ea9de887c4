/** A CPU profile as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** How much time was spent in something itself, without what it has called. */
export interface SelfTime {
  readonly name: string;
  readonly ms: number;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

/** Everything that took time, the most first: by function, and by file. */
export function selfTimes(profile: CpuProfile): {
  readonly byFunction: readonly SelfTime[];
  readonly byFile: readonly SelfTime[];
} {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const byFunction = new Map<string, number>();
  const byFile = new Map<string, number>();
  let busyUs = 0;
  profile.samples.forEach((id, index) => {
    const frame = nodes.get(id);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const us = profile.timeDeltas[index] ?? 0;
    const file = fileOf(frame.url);
    const name = `${frame.functionName || '(anonymous)'}  ${file}${file === '' ? '' : `:${frame.lineNumber + 1}`}`;
    busyUs += us;
    byFunction.set(name, (byFunction.get(name) ?? 0) + us);
    const group = file === '' ? frame.functionName : file;
    byFile.set(group, (byFile.get(group) ?? 0) + us);
  });
  const sorted = (times: ReadonlyMap<string, number>): readonly SelfTime[] =>
    [...times]
      .map(([name, us]) => ({ name, ms: us / 1000, share: us / busyUs }))
      .toSorted((one, other) => other.ms - one.ms);
  return { byFunction: sorted(byFunction), byFile: sorted(byFile) };
}

/** From the package on. */
function fileOf(url: string): string {
  const path = url.replace(/^file:\/\//, '');
  return (
    /(?:.*\/node_modules\/)((?:@[^/]+\/)?[^/]+\/.*)$/.exec(path)?.[1] ??
    /(?:packages|bench)\/.*$/.exec(path)?.[0] ??
    path
  );
}
