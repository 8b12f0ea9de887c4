/** What the canvas needs of the stylesheet; it cannot use CSS variables itself. */
export interface Theme {
  readonly ground: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly accentWash: string;
  readonly mutedWash: string;
  readonly font: string;
}

/** look.css registers these as colours, so that what is read is the colour of the scheme in force. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    ground: color('--ground'),
    muted: color('--muted'),
    line: color('--line'),
    accent: color('--accent'),
    accentWash: color('--accent-wash'),
    mutedWash: color('--muted-wash'),
    font: `13px ${style.fontFamily}`,
  };
}

export function onSchemeChange(listener: () => void): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', listener);
}
