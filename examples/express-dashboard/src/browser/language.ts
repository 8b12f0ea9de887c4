// uPlot hands navigator.language to Intl when it loads, and a browser on a bare system may name one that Intl refuses
// (`en-US@posix`). Imported before uPlot, this gives it one that works.
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}
