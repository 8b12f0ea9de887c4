interface SessionLike {
  save(done: (error?: unknown) => void): void;
}

/**
 * Stores what the request has put into its session. express-session does so when a response ends, and a stream ends
 * much later than the browser uses the cookie that came with its head.
 */
export async function saveSession(request: object): Promise<void> {
  const session: unknown = 'session' in request ? request.session : undefined;
  if (!isSession(session)) return;
  await new Promise<void>((resolve, reject) => {
    session.save((error) => (error === undefined || error === null ? resolve() : reject(error)));
  });
}

/** A session with something in it: one that is empty is not stored, as `saveUninitialized: false` asks. */
function isSession(session: unknown): session is SessionLike {
  if (typeof session !== 'object' || session === null || !('save' in session)) return false;
  return typeof session.save === 'function' && Object.keys(session).some((key) => key !== 'cookie');
}
