/** What nodes say to each other. Questions are numbered by the node that asks. */
export type BusMessage =
  | { readonly type: 'ask'; readonly from: string; readonly id: number; readonly text: string }
  /** `null`: none is to be had. */
  | { readonly type: 'answer'; readonly from: string; readonly id: number; readonly text: string | null }
  /** Now and then, of one who waits: which answers it waits for. */
  | { readonly type: 'waiting'; readonly from: string; readonly ids: readonly number[] }
  /** The reply to it: of these nothing is known, so that they have to be asked again. */
  | { readonly type: 'alive'; readonly from: string; readonly unknown: readonly number[] }
  /** The answer is not wanted any more. */
  | { readonly type: 'dropped'; readonly from: string; readonly id: number };

export function busText(message: BusMessage): string {
  return JSON.stringify(message);
}

export function parseBus(text: string): BusMessage {
  return JSON.parse(text) as BusMessage;
}
