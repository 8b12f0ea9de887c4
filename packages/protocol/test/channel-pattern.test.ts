import { describe, expect, expectTypeOf, test } from 'vitest';
import { channelNameFault, eventNameFault, parsePattern, RtError } from '@rt/protocol';
import type { NameOf, Params } from '@rt/protocol';

const match = (pattern: string, name: string): unknown => parsePattern(pattern).match(name.split(':'));

describe('names', () => {
  test('are as long as they may be, and no longer', () => {
    expect([channelNameFault('a'.repeat(255)), eventNameFault('a'.repeat(64))]).toEqual([null, null]);
    expect(channelNameFault('a'.repeat(256))).toMatch(/longer than 255/);
    expect(eventNameFault('a'.repeat(65))).toMatch(/1 to 64/);
  });

  test('that are refused are refused with the reason', () => {
    expect(channelNameFault('')).toBe('is empty');
    expect(channelNameFault('rt.x')).toMatch(/kept for the protocol/);
    expect(channelNameFault('a,b')).toMatch(/ASCII/);
    expect(eventNameFault('rt.x')).toMatch(/kept for the protocol/);
  });
});

describe('patterns', () => {
  test('a parameter takes one whole segment', () => {
    expect(match('order:{orderId}', 'order:42')).toEqual({ orderId: '42' });
    expect(match('order:{orderId}', 'order:42:x')).toBeNull();
    expect(match('order:{orderId}', 'orders:42')).toBeNull();
    expect(match('{tenant}:room:{id}', 'acme:room:7')).toEqual({ tenant: 'acme', id: '7' });
    expect(match('host:metrics', 'host:metrics')).toEqual({});
  });

  test('parameters may be called like members of Object', () => {
    expect(match('a:{__proto__}:{constructor}', 'a:1:2')).toEqual(
      Object.assign(Object.create(null), JSON.parse('{"__proto__":"1","constructor":"2"}')),
    );
    expect((match('a:{b}', 'a:1') as Record<string, unknown>)['toString']).toBeUndefined();
  });

  test.each(['', 'a:', '{a}x', 'x{a}', '{a}:{a}', '{1a}', '{}', 'a b', 'order:{order id}'])('%j is refused', (text) => {
    expect(() => parsePattern(text)).toThrow(RtError);
    expect(() => parsePattern(text)).toThrow(/^definition_invalid: .*cannot be used/);
  });

  test('the more exact pattern comes first', () => {
    const sorted = ['{a}:{b}', 'x:{b}', '{a}:y', 'x:y'].map(parsePattern).sort((left, right) => left.compare(right));
    expect(sorted.map(({ text }) => text)).toEqual(['x:y', 'x:{b}', '{a}:y', '{a}:{b}']);
  });

  test('types follow the text', () => {
    expectTypeOf<Params<'order:{orderId}'>>().toEqualTypeOf<{ readonly orderId: string }>();
    expectTypeOf<Params<'{a}:x:{b}'>>().toEqualTypeOf<{ readonly a: string; readonly b: string }>();
    expectTypeOf<NameOf<'order:{orderId}'>>().toEqualTypeOf<`order:${string}`>();
    expectTypeOf<NameOf<'host:metrics'>>().toEqualTypeOf<'host:metrics'>();
  });
});
