import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinaryWriter } from '../../encoding/binary-writer.ts';
import { EncodingError } from '../../errors/encoding-error.ts';
import { vectors, type IdentityVector, type TicketVector } from '../../testing/vectors.ts';
import { ClaimsIdentity } from '../claims/claims-identity.ts';
import { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { AuthenticationProperties } from './authentication-properties.ts';
import { AuthenticationTicket } from './authentication-ticket.ts';
import { propertiesSerializer } from './properties-serializer.ts';
import { ticketSerializer } from './ticket-serializer.ts';

const identityOf = ({ authenticationType, claims, actor, ...options }: IdentityVector): ClaimsIdentity =>
  new ClaimsIdentity(
    authenticationType,
    claims.map(({ properties, ...claim }) => ({ ...claim, properties: new Map(Object.entries(properties ?? {})) })),
    { ...options, actor: actor === undefined ? null : identityOf(actor) },
  );
const ticketOf = ({ scheme, identities, properties }: TicketVector) =>
  new AuthenticationTicket(
    new ClaimsPrincipal(identities.map(identityOf)),
    scheme,
    new AuthenticationProperties(properties),
  );
const bytesOf = ({ bytesHex, bytesBase64 = '' }: TicketVector) =>
  bytesHex === undefined ? Buffer.from(bytesBase64, 'base64') : Buffer.from(bytesHex, 'hex');

describe('known tickets', () => {
  it.each(vectors.ticket.cases)('D-66 encodes and decodes $name', (vector) => {
    expect(ticketSerializer.serialize(ticketOf(vector)).toString('hex')).toBe(bytesOf(vector).toString('hex'));
    expect(ticketSerializer.deserialize(bytesOf(vector))).toEqual(ticketOf(vector));
  });

  it.each(vectors.ticket.propertiesOnly)('D-66 encodes and decodes properties: $name', ({ items = {}, bytesHex }) => {
    const properties = new AuthenticationProperties(items);
    expect(propertiesSerializer.serialize(properties).toString('hex')).toBe(bytesHex);
    expect(propertiesSerializer.deserialize(Buffer.from(bytesHex, 'hex'))).toEqual(properties);
  });

  it('D-66 takes the full text where the placeholder could stand', () => {
    const writer = new BinaryWriter().int32(5).string('s').int32(1).string('a');
    writer.string(ClaimsIdentity.defaultNameClaimType).string(ClaimsIdentity.defaultRoleClaimType).int32(1);
    writer.string(ClaimsIdentity.defaultNameClaimType).string('alice').string('').string('me').string('me').int32(0);
    const bytes = writer.boolean(false).boolean(false).int32(1).int32(0).toBuffer();
    const expected = new ClaimsIdentity('a', [
      { type: ClaimsIdentity.defaultNameClaimType, value: 'alice', issuer: 'me' },
    ]);
    expect(ticketSerializer.deserialize(bytes)?.principal).toEqual(new ClaimsPrincipal(expected));
  });

  it('ignores bytes after the end', () => {
    const vector = vectors.ticket.cases[0] as TicketVector;
    expect(ticketSerializer.deserialize(Buffer.concat([bytesOf(vector), Buffer.from('more')]))).toEqual(
      ticketOf(vector),
    );
  });
});

const text = fc.string({ unit: 'binary', maxLength: 20 });
const filled = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((text) => text !== '\0');
const pairs = fc.array(fc.tuple(text, text), { maxLength: 4 }).map((pairs) => new Map(pairs));
const claim = fc.record(
  { type: filled, value: text, valueType: filled, issuer: filled, originalIssuer: filled, properties: pairs },
  { requiredKeys: ['type', 'value'] },
);
const identity = fc.letrec<{ identity: ClaimsIdentity }>((tie) => ({
  identity: fc
    .record({
      authenticationType: text,
      claims: fc.array(claim, { maxLength: 5 }),
      nameClaimType: filled,
      roleClaimType: filled,
      bootstrapContext: fc.option(filled),
      actor: fc.option(tie('identity'), { maxDepth: 3 }),
    })
    .map(({ authenticationType, claims, ...options }) => new ClaimsIdentity(authenticationType, claims, options)),
})).identity;
const ticket = fc
  .record({ identities: fc.array(identity, { maxLength: 3 }), scheme: text, items: pairs })
  .map(
    ({ identities, scheme, items }) =>
      new AuthenticationTicket(new ClaimsPrincipal(identities), scheme, new AuthenticationProperties(items)),
  );

/** Refused as it should be: any other error is not caught. */
function isRefused(bytes: Uint8Array): boolean {
  try {
    return ticketSerializer.deserialize(bytes) === null;
  } catch (error) {
    if (error instanceof EncodingError) return true;
    throw error;
  }
}

describe('any ticket', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(ticket, (ticket) => {
        expect(ticketSerializer.deserialize(ticketSerializer.serialize(ticket))).toEqual(ticket);
      }),
    );
  });

  it('D-68 is no ticket when it is cut, wherever that is', () => {
    fc.assert(
      fc.property(ticket, (ticket) => {
        const bytes = ticketSerializer.serialize(ticket);
        const lengths = Array.from(bytes, (_, length) => length);
        expect(lengths.filter((length) => !isRefused(bytes.subarray(0, length)))).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it('D-68 with random bytes in it is a ticket, null or an EncodingError', () => {
    fc.assert(
      fc.property(ticket, fc.nat(255), fc.nat(), (ticket, value, place) => {
        const bytes = ticketSerializer.serialize(ticket);
        bytes[place % bytes.length] = value;
        isRefused(bytes);
      }),
    );
  });
});

describe('hostile bytes', () => {
  const head = () => new BinaryWriter().int32(5).string('s');
  const identityHead = () => head().int32(1).string('').string('\0').string('\0');

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no identities where many are said to be', head().int32(0x7fffffff).bytes(Buffer.alloc(100)).toBuffer()],
    ['a negative count of identities', head().int32(-1).bytes(Buffer.alloc(100)).toBuffer()],
    ['no claims where many are said to be', identityHead().int32(0x7fffffff).bytes(Buffer.alloc(100)).toBuffer()],
    ['a negative count of claims', identityHead().int32(-1).bytes(Buffer.alloc(100)).toBuffer()],
    ['a string longer than all', head().int32(1).sevenBitInteger(0x7fffffff).bytes(Buffer.alloc(100)).toBuffer()],
    ['a string that is no UTF-8', new BinaryWriter().int32(5).byte(1).byte(0xff).bytes(Buffer.alloc(9)).toBuffer()],
    ['many properties', head().int32(0).int32(1).int32(0x7fffffff).bytes(Buffer.alloc(100)).toBuffer()],
    [
      'a key twice',
      head()
        .int32(0)
        .int32(1)
        .int32(2)
        .bytes(Buffer.from([1, 97, 0, 1, 97, 0]))
        .toBuffer(),
    ],
  ])('D-68 %s', (_, bytes) => {
    expect(() => ticketSerializer.deserialize(bytes)).toThrow(EncodingError);
  });

  it.each([4, 6, -5])('D-68 version %i is no ticket', (version) => {
    expect(
      ticketSerializer.deserialize(new BinaryWriter().int32(version).bytes(Buffer.alloc(20)).toBuffer()),
    ).toBeNull();
  });

  it('D-68 a ticket with properties of another version is none', () => {
    expect(ticketSerializer.deserialize(head().int32(0).int32(2).int32(0).toBuffer())).toBeNull();
    expect(propertiesSerializer.deserialize(Buffer.from('0200000000000000', 'hex'))).toBeNull();
  });

  it('bounds actors of actors, on both ways', () => {
    const actors = (count: number): ClaimsIdentity =>
      new ClaimsIdentity('', [], { actor: count === 0 ? null : actors(count - 1) });
    const ticket = (count: number) => new AuthenticationTicket(new ClaimsPrincipal(actors(count)), 's');
    expect(ticketSerializer.deserialize(ticketSerializer.serialize(ticket(8)))).toEqual(ticket(8));
    expect(() => ticketSerializer.serialize(ticket(9))).toThrow('more than 8 actors');
    const nested = head().int32(1);
    for (let depth = 0; depth < 10; depth++)
      nested.string('').string('').string('').int32(0).boolean(false).boolean(true);
    expect(() => ticketSerializer.deserialize(nested.bytes(Buffer.alloc(20)).toBuffer())).toThrow('more than 8 actors');
  });

  it('refuses to write half a surrogate pair', () => {
    const broken = new ClaimsIdentity('', [{ type: 't', value: '\ud800' }]);
    expect(() => ticketSerializer.serialize(new AuthenticationTicket(new ClaimsPrincipal(broken), 's'))).toThrow(
      EncodingError,
    );
  });
});
