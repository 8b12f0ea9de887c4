/** The viewer that this browser is, by its cookie. */
export function ownId(): string {
  return /(?:^|;\s*)viewer=([0-9a-f-]+)/.exec(document.cookie)?.[1] ?? '';
}

/** What a browser calls itself, in three words. */
export function browserName(agent: string): string {
  const find = (names: readonly (readonly [RegExp, string])[]): string | undefined =>
    names.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ]);
  return [browser ?? 'a browser', system].filter((part) => part !== undefined).join(' on ');
}
