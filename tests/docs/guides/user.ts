// #region register
declare module '@rt/core' {
  interface Register {
    user: { readonly id: string; readonly rooms: readonly string[]; readonly plan?: 'free' | 'pro' };
  }
}
// #endregion

export {};
