export { createHooks } from './create-hooks.ts';
export type {
  ChannelListeners,
  ChannelStateOptions,
  Hooks,
  PresenceHookOptions,
  PresenceView,
  PublicationsOptions,
} from './hooks.ts';
