import type { ServerResponse } from 'node:http';

/** Sets a header at the last moment, as packages do it that listen for heads: `on-headers` under most middleware. */
export function setLate(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (...parts: readonly unknown[]) => ServerResponse;
  response.writeHead = (...parts: readonly unknown[]) => {
    response.setHeader('x-late', '1');
    return writeHead(...parts);
  };
}
