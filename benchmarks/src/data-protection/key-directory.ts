import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';

const namespace = 'http://schemas.asp.net/2015/03/dataProtection';
const deserializer =
  'Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.AuthenticatedEncryptorDescriptorDeserializer, Microsoft.AspNetCore.DataProtection, Version=10.0.0.0, Culture=neutral, PublicKeyToken=adb9793829ddae60';
const dayMs = 86_400_000;

/** Writes a ring of that many keys as ASP.NET Core does, in clear: one made each day, the last 30 days ago. */
export function writeKeyDirectory(folder: string, keys: number, now = Date.now()): void {
  mkdirSync(folder, { recursive: true });
  for (let age = 0; age < keys; age++) {
    const id = randomUUID();
    writeFileSync(`${folder}/key-${id}.xml`, keyText(id, now - (30 + age) * dayMs));
  }
}

function keyText(id: string, created: number): string {
  const date = (instant: number): string => new Date(instant).toISOString();
  return `\ufeff<?xml version="1.0" encoding="utf-8"?>
<key id="${id}" version="1">
  <creationDate>${date(created)}</creationDate>
  <activationDate>${date(created)}</activationDate>
  <expirationDate>${date(created + 90 * dayMs)}</expirationDate>
  <descriptor deserializerType="${deserializer}">
    <descriptor>
      <encryption algorithm="AES_256_CBC" />
      <validation algorithm="HMACSHA256" />
      <masterKey p4:requiresEncryption="true" xmlns:p4="${namespace}">
        <!-- Warning: the key below is in an unencrypted form. -->
        <value>${randomBytes(64).toString('base64')}</value>
      </masterKey>
    </descriptor>
  </descriptor>
</key>`;
}
