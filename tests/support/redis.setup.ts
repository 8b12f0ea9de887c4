import { redisBinary } from '../../tools/redis-binary.ts';

/** Gets the server once, before test files run beside each other. One that cannot be had fails the run. */
export function setup(): void {
  redisBinary();
}
