import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { scratchFile } from '../harness/scratch-file.ts';
import type { Application, Batch } from './application.ts';
import { hasSdk } from './aspnetcore.ts';
import { bothSides, sharedSides } from './sides.ts';

const id = '11111111-2222-3333-4444-555555555555';
const otherId = '66666666-7777-8888-9999-000000000000';
const clear: Batch = { purposes: ['elements'], text: true, items: ['some text'] };

/** A key in the form in which both write it. */
const usual = `<?xml version="1.0" encoding="utf-8"?>
<key id="${id}" version="1">
  <creationDate>2026-01-02T03:04:05.1234567Z</creationDate>
  <activationDate>2026-01-02T03:04:05.12Z</activationDate>
  <expirationDate>2126-01-02T03:04:05Z</expirationDate>
  <descriptor deserializerType="Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection, Version=8.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60">
    <descriptor>
      <encryption algorithm="AES_256_CBC" />
      <validation algorithm="HMACSHA256" />
      <masterKey p4:requiresEncryption="true" xmlns:p4="http://schemas.asp.net/2015/03/dataProtection">
        <!-- Warning: the key below is in an unencrypted form. -->
        <value>75X7cyp+pT3KinhR4ix2/VrDS/TjVeYUcVW6zveMhgCzKisARAmvTUZpl7hhBiFSH2wQTdmUSxOrxlVjY1i/pg==</value>
      </masterKey>
    </descriptor>
  </descriptor>
</key>`;

/** The usual key with parts of its text replaced. */
const key = (...changes: readonly (readonly [string | RegExp, string])[]): string =>
  changes.reduce((text, [from, to]) => {
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`there is no ${String(from)}`);
    return changed;
  }, usual);

const revocation = (inside: string, root = 'revocation version="1"'): string =>
  `<${root}>${inside}</${root.split(' ')[0] ?? ''}>`;
const date = '<revocationDate>2126-01-01T00:00:00Z</revocationDate>';

type Outcome =
  | 'works'
  | 'is listed and cannot be used'
  | 'is left out'
  | 'makes the ring unreadable'
  | 'revokes'
  | 'revokes nothing';

const cases: Readonly<Record<Outcome, readonly (readonly [string, string])[]>> = {
  works: [
    ['D-1 a byte order mark', `\uFEFF${usual}`],
    ['D-2 no declaration', key([/^<\?xml.*\n/, ''])],
    ['one line', usual.replaceAll(/>\s+</g, '><')],
    ['D-4 another prefix', key([/p4:/, 'enc:'], ['xmlns:p4', 'xmlns:enc'])],
    ['D-5 another version', key(['version="1">', 'version="2">'])],
    ['no version', key([' version="1">', '>'])],
    ['upper case in its id', key([id, 'ABCDEFAB-2222-3333-4444-555555555555'])],
    ['braces around its id', key([id, `{${id}}`])],
    ['parentheses around its id', key([id, `(${id})`])],
    ['no hyphens in its id', key([id, id.replaceAll('-', '')])],
    ['white space around its id', key([id, ` ${id} `])],
    [
      'D-11 an old name of the class',
      key(
        ['Microsoft.AspNetCore.DataProtection.Auth', 'Microsoft.AspNet.DataProtection.Auth'],
        ['Microsoft.AspNetCore.DataProtection, ', 'Microsoft.AspNet.DataProtection, '],
      ),
    ],
    ['D-11 another version and token', key(['Version=8.0.0.0', 'Version=99.1.2.3'], ['adb9793829ddae60', 'null'])],
    ['D-13 the master key as bare text', key([/<value>(.*)<\/value>/, '$1'])],
    ['white space in the master key', key(['R4ix2/', 'R4\n ix2/'])],
    ['D-16 an offset', key(['05.12Z', '05.12+02:30'])],
    ['D-16 nine digits of a second', key(['05.1234567Z', '05.123456789Z'])],
    ['D-16 a date alone', key(['2126-01-02T03:04:05Z', '2126-01-02Z'])],
    ['white space around a date', key(['>2126-01-02T03:04:05Z<', '> 2126-01-02T03:04:05Z\n<'])],
    ['a number instead of an algorithm', key(['"AES_256_CBC"', '"2"'], ['"HMACSHA256"', '"0"'])],
    ['elements that nobody knows', key(['<creationDate>', '<other>text</other><creationDate>'])],
  ],
  'is listed and cannot be used': [
    ['lower case in an algorithm', key(['"AES_256_CBC"', '"aes_256_cbc"'])],
    ['D-14 an algorithm that there is not', key(['"AES_256_CBC"', '"AES_512_CBC"'])],
    ['a class that there is not', key(['AuthenticatedEncryptorDescriptorDeserializer', 'OtherDeserializer'])],
    ['no master key', key([/<masterKey[^]*<\/masterKey>/, ''])],
    ['a master key that is not base64', key(['R4ix2/', 'R4ix2*'])],
    ['no descriptor', key([/<descriptor des[^]*<\/descriptor>\n<\/key>/, '</key>'])],
  ],
  'is left out': [
    ['24 o’clock', key(['2126-01-02T03:04:05Z', '2126-01-02T24:00:00Z'])],
    ['D-6 a date that is none', key(['05.1234567Z', '05.Z'])],
    ['no expiration', key([/<expirationDate>.*<\/expirationDate>/, ''])],
    ['an id that is none', key([id, 'no id'])],
    ['no id', key([` id="${id}"`, ''])],
    ['D-8 another root', '<other version="1"><key /></other>'],
    ['another namespace', key(['<key id', '<key xmlns="urn:other" id'])],
  ],
  'makes the ring unreadable': [
    ['D-9 XML that does not end', key(['</key>', ''])],
    ['nothing at all', ''],
    ['D-20 a revocation of no id', revocation(`${date}<key id="no id" />`)],
    ['a revocation without key', revocation(date)],
    ['a revocation of all without date', revocation('<key id="*" />')],
  ],
  revokes: [
    ['D-17 a revocation of it', revocation(`${date}<key id="${id}" /><reason />`)],
    ['D-18 a revocation of all', revocation(`${date}<key id="*" />`)],
    ['a revocation of one without date', revocation(`<key id="${id}" />`)],
    ['a revocation of another version', revocation(`${date}<key id="${id}" />`, 'revocation version="2"')],
    ['a revocation without version', revocation(`${date}<key id="${id}" />`, 'revocation')],
  ],
  'revokes nothing': [
    ['a revocation of a key that there is not', revocation(`${date}<key id="99999999-2222-3333-4444-555555555555" />`)],
  ],
};

describe.skipIf(!hasSdk)('an element that was made by hand means the same to both', () => {
  const sides = sharedSides();

  /** What either side makes of a ring with it, ASP.NET Core first. */
  function read(text: string): Promise<Seen[]> {
    const shared = { directory: scratchFile('keys'), applicationName: 'elements', autoGenerateKeys: false };
    mkdirSync(shared.directory);
    const other = text.startsWith('<revocation') ? usual : usual.replace(id, otherId);
    writeFileSync(join(shared.directory, 'key-of-all.xml'), other);
    writeFileSync(join(shared.directory, 'key-in-question.xml'), text);
    return Promise.all(bothSides.map((side) => sides.start(side, shared).then(seen)));
  }

  const table = Object.entries(cases).flatMap(([outcome, those]) =>
    those.map(([what, text]) => [what, outcome as Outcome, text] as const),
  );
  it.each(table)('%s: it %s', async (_, outcome, text) => {
    const [theirs, ours] = await read(text);
    expect(ours).toEqual(theirs);
    expect(outcomeOf(theirs, text)).toBe(outcome);
  });

  it('D-10 a document type is refused here, though ASP.NET Core reads one that declares nothing', async () => {
    const [theirs, ours] = await read(key(['<key id', '<!DOCTYPE key><key id']));
    expect(ours).toBeUndefined();
    expect(theirs?.keys).toHaveLength(2);
  });
});

/** What an application makes of a ring; undefined when it cannot read it. */
type Seen =
  | { readonly keys: readonly { readonly revoked: boolean; readonly works: boolean }[]; readonly protects: boolean }
  | undefined;

async function seen(application: Application): Promise<Seen> {
  const keys = await application.keys().catch(() => undefined);
  if (keys === undefined) return undefined;
  const facts = keys
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ error, ...rest }) => ({ ...rest, works: (error ?? null) === null }));
  const protects = await application.protect(clear).then(
    () => true,
    () => false,
  );
  return { keys: facts, protects };
}

function outcomeOf(found: Seen, text: string): Outcome {
  if (found === undefined) return 'makes the ring unreadable';
  const [first] = found.keys;
  if (text.startsWith('<revocation')) return first?.revoked === true ? 'revokes' : 'revokes nothing';
  if (found.keys.length === 1) return 'is left out';
  return found.keys.every(({ works }) => works) ? 'works' : 'is listed and cannot be used';
}
