import { Inject } from '@nestjs/common';

/** The hub of the app. */
export const RT_HUB: unique symbol = Symbol('RT_HUB');
/** What makes the hub of its channels: `createHub`, unless a test overrides it. */
export const RT_CREATE_HUB: unique symbol = Symbol('RT_CREATE_HUB');
/** The options of the module, when they are known. */
export const RT_OPTIONS: unique symbol = Symbol('RT_OPTIONS');
/** Where the hub is mounted. */
export const RT_ROUTE: unique symbol = Symbol('RT_ROUTE');

/** Injects the hub, in any module of the app: `constructor(@InjectHub() private readonly hub: Hub) {}`. */
export function InjectHub(): ParameterDecorator & PropertyDecorator {
  return Inject(RT_HUB);
}
