// How `changeset version` writes the changelog of a package: .changeset/config.json names this file.

interface Changeset {
  readonly summary: string;
}

interface Dependency {
  readonly name: string;
  readonly newVersion: string;
}

/** What a changeset says, as one item of a list. */
export function getReleaseLine({ summary }: Changeset): string {
  const [first = '', ...others] = summary.split('\n').map((line) => line.trimEnd());
  return [`- ${first}`, ...others.map((line) => (line === '' ? '' : `  ${line}`))].join('\n');
}

/** All packages have one version, so that one line says which others are wanted, and none what changed in them. */
export function getDependencyReleaseLine(_: readonly Changeset[], updated: readonly Dependency[]): string {
  const wanted = updated.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`);
  return wanted.length === 0 ? '' : `- With ${wanted.join(', ')}.`;
}
