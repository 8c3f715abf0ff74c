import { createHmac, type KeyObject } from 'node:crypto';

const prf = 'sha512';
const prfBytes = 64;

/**
 * SP 800-108 in counter mode with HMAC-SHA-512, as ASP.NET Core uses it: the context is in two parts.
 *
 *     block(i) = HMAC(master key, BE32(i) || label || 00 || context || BE32(bits of the output))
 *
 * @param keyModifier what makes the keys of this payload differ from all others
 * @returns secret bytes: `fill(0)` them after use
 */
export function deriveKeys(
  masterKey: KeyObject,
  label: Uint8Array,
  contextHeader: Uint8Array,
  keyModifier: Uint8Array,
  outputBytes: number,
): Buffer {
  const contextStart = 4 + label.length + 1;
  const modifierStart = contextStart + contextHeader.length;
  const lengthStart = modifierStart + keyModifier.length;
  const input = Buffer.allocUnsafe(lengthStart + 4);
  input.set(label, 4);
  input[contextStart - 1] = 0;
  input.set(contextHeader, contextStart);
  input.set(keyModifier, modifierStart);
  input.writeUInt32BE(outputBytes * 8, lengthStart);

  if (outputBytes === prfBytes) return blockOf(masterKey, input, 1);
  const output = Buffer.allocUnsafeSlow(outputBytes);
  for (let start = 0, counter = 1; start < outputBytes; start += prfBytes, counter++) {
    const block = blockOf(masterKey, input, counter);
    block.copy(output, start);
    block.fill(0);
  }
  return output;
}

function blockOf(masterKey: KeyObject, input: Buffer, counter: number): Buffer {
  input.writeUInt32BE(counter, 0);
  return createHmac(prf, masterKey).update(input).digest();
}
