/** Resolves when it is so, and rejects with what is said of it if it is not in time. It is asked again and again. */
export async function eventually(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`in ${withinMs} ms it has not come to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
