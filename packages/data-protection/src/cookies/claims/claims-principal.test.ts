import { describe, expect, it } from 'vitest';
import { claimTypes } from './claim-types.ts';
import { ClaimsIdentity } from './claims-identity.ts';
import { ClaimsPrincipal } from './claims-principal.ts';
import { equalsIgnoringCase } from './ordinal-ignore-case.ts';

const alice = new ClaimsIdentity('Cookies', [
  { type: claimTypes.name, value: 'alice' },
  { type: claimTypes.role, value: 'Admin' },
  { type: claimTypes.role, value: 'Author' },
]);
const external = new ClaimsIdentity('Google', [{ type: 'roles', value: 'Reader' }], {
  nameClaimType: 'sub',
  roleClaimType: 'roles',
});
const principal = new ClaimsPrincipal([alice, external]);

describe('a principal', () => {
  it('is its first identity', () => {
    expect(principal.identity?.name).toBe('alice');
    expect(new ClaimsPrincipal([]).identity).toBeNull();
    expect(new ClaimsPrincipal(alice).identities).toEqual([alice]);
  });

  it.each([
    ['Admin', true],
    ['Author', true],
    ['Reader', true],
    ['admin', false],
    ['', false],
  ])('is in role %j: %j', (role, expected) => {
    expect(principal.isInRole(role)).toBe(expected);
  });

  it('finds claims of all identities by type in any case', () => {
    expect(principal.findFirst('ROLES')?.value).toBe('Reader');
    expect(principal.findFirst('missing')).toBeNull();
    expect(principal.findAll(claimTypes.role.toUpperCase()).map(({ value }) => value)).toEqual(['Admin', 'Author']);
    expect(principal.hasClaim('roles', 'Reader')).toBe(true);
    expect(principal.hasClaim('roles', 'reader')).toBe(false);
    expect(principal.claims).toHaveLength(4);
  });

  it('has a name by the name claim type of its identity', () => {
    expect(external.name).toBeNull();
    expect(new ClaimsIdentity('', [{ type: 'SUB', value: '42' }], { nameClaimType: 'sub' }).name).toBe('42');
  });

  it('is not authenticated without an authentication type', () => {
    expect(new ClaimsIdentity('').isAuthenticated).toBe(false);
    expect(alice.isAuthenticated).toBe(true);
  });
});

it('takes empty text for the default, as .NET does', () => {
  const identity = new ClaimsIdentity('x', [{ type: 't', value: '', valueType: '', issuer: '', originalIssuer: '' }], {
    nameClaimType: '',
    roleClaimType: '',
  });
  expect(identity).toMatchObject({ nameClaimType: claimTypes.name, roleClaimType: claimTypes.role });
  expect(identity.claims[0]).toMatchObject({ issuer: 'LOCAL AUTHORITY', originalIssuer: 'LOCAL AUTHORITY' });
  expect(identity.claims[0]?.valueType).toBe('http://www.w3.org/2001/XMLSchema#string');
});

// What string.Equals(…, OrdinalIgnoreCase) of .NET 10 answers.
it.each([
  ['Alice', 'aLICE', true],
  ['é', 'É', true],
  ['ς', 'σ', true],
  ['𐐨', '𐐀', true],
  ['ß', 'SS', false],
  ['ẞ', 'ß', false],
  ['ﬀ', 'FF', false],
  ['ı', 'I', false],
  ['ſ', 'S', false],
  ['\u212a', 'k', false],
  ['a', 'ab', false],
])('%j equals %j but for the case: %j', (one, other, expected) => {
  expect(equalsIgnoringCase(one, other)).toBe(expected);
});
