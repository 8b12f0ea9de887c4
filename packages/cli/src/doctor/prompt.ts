/** How long anything may take that is answered at once: after that a client goes another way. */
export const promptMs = 4000;
