/** The process that a hub is made in, as far as a hub has to know it. */
export interface Surroundings {
  /** The version of Node, such as `24.11.0`; `null` elsewhere. */
  readonly node: string | null;
  /** Whether it is one of the workers of `node:cluster`. */
  readonly isWorker: boolean;
  /** What pm2 calls it among those that run the same app: `0` for the first, also if there is no other. */
  readonly instance: string | null;
}

/** The oldest Node that `engines` names. */
const oldest = [22, 12] as const;

interface Platform {
  readonly versions?: { readonly node?: string };
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Since Node 22.3. */
  getBuiltinModule?(name: string): { readonly isWorker?: boolean } | undefined;
}

/** What the platform says; nothing where it is no Node. */
export function surroundings(): Surroundings {
  const { process } = globalThis as { readonly process?: Platform };
  return {
    node: process?.versions?.node ?? null,
    isWorker: process?.getBuiltinModule?.('node:cluster')?.isWorker ?? false,
    instance: process?.env?.['NODE_APP_INSTANCE'] ?? null,
  };
}

/** What there is to say about a hub that is made there. @param shares Whether it was given a broker. */
export function doubts({ node, isWorker, instance }: Surroundings, shares: boolean): readonly string[] {
  const said: string[] = [];
  if (node !== null && isOld(node)) {
    said.push(`this is Node ${node}, and @rt needs Node ${oldest.join('.')} or newer: update Node`);
  }
  const amongOthers = instance === null ? isWorker : instance !== '0';
  if (amongOthers && !shares) {
    said.push(
      'this process is one of several that run this app, and its hub keeps its channels in its own memory: what is published here is not seen by clients of the others. ' +
        'Give createHub a broker that they share: redisBroker({ redis }) of @rt/redis. If it is meant so, say broker: memoryBroker()',
    );
  }
  return said;
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}
