import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const marker = /<!-- code (\S+?)(?:#(\S+))? -->\n+(```\w+\n)[\s\S]*?```/g;

/** A page whose marked fences hold the code of the files that they name. */
export function withCode(page: string, root: string): string {
  return page.replace(marker, (_, path: string, region: string | undefined, fence: string) => {
    const text = readFileSync(join(root, path), 'utf8');
    const code =
      region === undefined
        ? text
        : region
            .split(',')
            .map((name) => regionOf(text, name, path))
            .join('\n');
    return `<!-- code ${path}${region === undefined ? '' : `#${region}`} -->\n\n${fence}${code.trimEnd()}\n\`\`\``;
  });
}

/** The lines between `// #region name` and the next `// #endregion`, without the indentation that all have. */
function regionOf(text: string, name: string, path: string): string {
  const lines = text.split('\n');
  const isStart = (line: string): boolean => /^(?:\/\/|<!--) #region (\S+)/.exec(line.trim())?.[1] === name;
  const start = lines.findIndex(isStart);
  if (start === -1) throw new Error(`${path} has no region ${name}`);
  const rest = lines.slice(start + 1);
  const body = rest.slice(
    0,
    rest.findIndex((line) => line.includes('#endregion')),
  );
  const indents = body.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  return `${body.map((line) => line.slice(Math.min(...indents))).join('\n')}\n`;
}
