import type { RtError } from '@rt/client';

/** Why a message was refused, for whoever has written it. */
export function refusalWords({ code, message }: RtError): string {
  switch (code) {
    case 'event_invalid': {
      // What the schema has found stands behind the channel's name and the field's.
      const found = /does not fit its schema: (?:[\w.]+: )?(.+)$/s.exec(message)?.[1] ?? message;
      return `Not sent: ${found}.`;
    }
    case 'publish_denied':
      return 'Not sent: you may not write here.';
    case 'frame_too_large':
    case 'publication_too_large':
      return 'Not sent: it is far too long.';
    default:
      return `Not sent: ${message}`;
  }
}
