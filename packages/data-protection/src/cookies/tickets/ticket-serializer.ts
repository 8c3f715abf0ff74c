import { BinaryReader } from '../../encoding/binary-reader.ts';
import { BinaryWriter } from '../../encoding/binary-writer.ts';
import { EncodingError } from '../../errors/encoding-error.ts';
import { Claim } from '../claims/claim.ts';
import { ClaimsIdentity } from '../claims/claims-identity.ts';
import { ClaimsPrincipal } from '../claims/claims-principal.ts';
import { AuthenticationTicket } from './authentication-ticket.ts';
import { readCount, readPairs, writePairs } from './pairs.ts';
import { readProperties, writeProperties } from './properties-serializer.ts';

const formatVersion = 5;
/** Stands for the default of a field. */
const placeholder = '\0';
/** Actors of actors. */
const maximumActors = 8;
/** Empty strings and counts are what the smallest of them has. */
const leastIdentityBytes = 9;
const leastClaimBytes = 9;

/**
 * Bytes of a ticket as ASP.NET Core's `TicketSerializer` writes them:
 *
 *     | version 5 | scheme | count | identities … | properties |
 *     identity: | authentication type | name claim type* | role claim type* | count | claims … | bootstrap? | actor? |
 *     claim:    | type* | value | value type* | issuer* | original issuer* | count | keys and values … |
 *
 * Fields with a star are the placeholder where they are the default; that of a claim's type is the identity's name
 * claim type, that of the original issuer is the issuer.
 */
export const ticketSerializer = {
  /** @throws EncodingError for text with a lone surrogate, and for more than 8 actors of actors */
  serialize({ authenticationScheme, principal, properties }: AuthenticationTicket): Buffer {
    const writer = new BinaryWriter();
    writer.int32(formatVersion).string(authenticationScheme).int32(principal.identities.length);
    for (const identity of principal.identities) writeIdentity(writer, identity, 0);
    writeProperties(writer, properties);
    return writer.toBuffer();
  },

  /** Null for another version. Bytes after the end are ignored, as in .NET. @throws EncodingError */
  deserialize(bytes: Uint8Array): AuthenticationTicket | null {
    const reader = new BinaryReader(bytes);
    if (reader.int32() !== formatVersion) return null;
    const scheme = reader.string();
    const count = readCount(reader, leastIdentityBytes);
    const identities: ClaimsIdentity[] = [];
    while (identities.length < count) identities.push(readIdentity(reader, 0));
    const properties = readProperties(reader);
    return properties && new AuthenticationTicket(new ClaimsPrincipal(identities), scheme, properties);
  },
};

function writeIdentity(writer: BinaryWriter, identity: ClaimsIdentity, actors: number): void {
  checkActors(actors);
  writer.string(identity.authenticationType);
  writeOr(writer, identity.nameClaimType, ClaimsIdentity.defaultNameClaimType);
  writeOr(writer, identity.roleClaimType, ClaimsIdentity.defaultRoleClaimType);
  writer.int32(identity.claims.length);
  for (const claim of identity.claims) writeClaim(writer, claim, identity);
  const bootstrap = identity.bootstrapContext ?? '';
  writer.boolean(bootstrap !== '');
  if (bootstrap !== '') writer.string(bootstrap);
  writer.boolean(identity.actor !== null);
  if (identity.actor !== null) writeIdentity(writer, identity.actor, actors + 1);
}

function writeClaim(writer: BinaryWriter, claim: Claim, { nameClaimType }: ClaimsIdentity): void {
  writeOr(writer, claim.type, nameClaimType);
  writer.string(claim.value);
  writeOr(writer, claim.valueType, Claim.defaultValueType);
  writeOr(writer, claim.issuer, Claim.defaultIssuer);
  writeOr(writer, claim.originalIssuer, claim.issuer);
  writePairs(writer, claim.properties);
}

function readIdentity(reader: BinaryReader, actors: number): ClaimsIdentity {
  checkActors(actors);
  const authenticationType = reader.string();
  const nameClaimType = readOr(reader, ClaimsIdentity.defaultNameClaimType) || ClaimsIdentity.defaultNameClaimType;
  const roleClaimType = readOr(reader, ClaimsIdentity.defaultRoleClaimType);
  const count = readCount(reader, leastClaimBytes);
  const claims: Claim[] = [];
  while (claims.length < count) claims.push(readClaim(reader, nameClaimType));
  const bootstrapContext = reader.boolean() ? reader.string() : null;
  const actor = reader.boolean() ? readIdentity(reader, actors + 1) : null;
  return new ClaimsIdentity(authenticationType, claims, { nameClaimType, roleClaimType, bootstrapContext, actor });
}

function readClaim(reader: BinaryReader, nameClaimType: string): Claim {
  const type = readOr(reader, nameClaimType);
  const value = reader.string();
  const valueType = readOr(reader, Claim.defaultValueType);
  const issuer = readOr(reader, Claim.defaultIssuer);
  const originalIssuer = readOr(reader, issuer);
  const count = readCount(reader, 2);
  if (count === 0) return new Claim({ type, value, valueType, issuer, originalIssuer });
  return new Claim({ type, value, valueType, issuer, originalIssuer, properties: readPairs(reader, count) });
}

function writeOr(writer: BinaryWriter, value: string, fallback: string): void {
  writer.string(value === fallback ? placeholder : value);
}

function readOr(reader: BinaryReader, fallback: string): string {
  const value = reader.string();
  return value === placeholder ? fallback : value;
}

function checkActors(actors: number): void {
  if (actors > maximumActors) throw new EncodingError(`An identity has more than ${maximumActors} actors of actors.`);
}
