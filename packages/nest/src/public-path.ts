import type { ApplicationConfig } from '@nestjs/core';

/** A path with one slash in front and none behind. */
export function normalPath(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
}

/** Where a controller's path is to be found from the outside. */
export function publicPath(config: ApplicationConfig, path: string): string {
  const own = normalPath(path);
  const isExcluded = config.getGlobalPrefixOptions().exclude?.some(({ pathRegex }) => pathRegex.test(own)) ?? false;
  return isExcluded ? own : normalPath(`${config.getGlobalPrefix()}${own}`);
}

/** The path of a request's URL. */
export function pathOf({ url = '' }: { readonly url?: string | undefined }): string {
  return normalPath(url.split('?', 1)[0] ?? '');
}
