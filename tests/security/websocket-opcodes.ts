/** First bytes of whole frames: FIN, RSV1 where it is compressed, and the opcode. */
export const opcode = { compressedText: 0xc1, ping: 0x89 } as const;
