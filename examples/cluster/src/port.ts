/** The first port of the cluster: `PORT`, or 3000. */
export function portFromEnvironment(): number {
  const port = Number(process.env['PORT'] ?? 3000);
  if (Number.isInteger(port) && port > 0 && port <= 65_000) return port;
  console.error(`PORT must be a whole number from 1 to 65000, but was "${process.env['PORT']}".`);
  process.exit(1);
}
