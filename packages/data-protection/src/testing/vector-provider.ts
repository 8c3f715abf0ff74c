import { encryptorFor } from '../encryption/encryptor-for.ts';
import { KeyRingDataProtectionProvider } from '../protection/key-ring-data-protection-provider.ts';
import { loadedRing, ringOf } from './fixed-ring.ts';
import { fixedRandom, suiteOfVector } from './vector-suite.ts';
import { vectors } from './vectors.ts';

/**
 * A provider over the key of the vectors, default algorithms.
 *
 * @param random hexadecimal: the bytes it takes for random ones, after which there are none
 */
export function vectorProvider(discriminator: string, ...random: string[]): KeyRingDataProtectionProvider {
  const { keyId, masterKeyBase64 } = vectors.protectedPayloads.key;
  const encryptor = encryptorFor(
    suiteOfVector({ cipher: 'aes-256-cbc', mac: 'hmac-sha256' }),
    Buffer.from(masterKeyBase64, 'base64'),
    random.length === 0 ? undefined : fixedRandom(...random),
  );
  return new KeyRingDataProtectionProvider(loadedRing(ringOf({ keyId, encryptor })), { discriminator });
}
