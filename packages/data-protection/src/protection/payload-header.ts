import { guidBytes } from '../encoding/guid.ts';
import { badMagicHeader, badVersion } from '../errors/payload-errors.ts';

/** How every payload begins; the last 4 bits are the version, 0. In base64url all begin with `CfDJ8`. */
export const payloadMagic = Uint8Array.of(0x09, 0xf0, 0xc9, 0xf0);
export const keyIdStart = payloadMagic.length;
/** Magic and key id. */
export const payloadHeaderBytes = keyIdStart + guidBytes;

/** @throws CryptographicError `BadMagicHeader`, or `BadVersion` for what a later version wrote */
export function checkPayloadHeader(payload: Uint8Array): void {
  const [first, second, third, fourth] = payloadMagic;
  const version = (payload[3] as number) ^ (fourth as number);
  if (payload.length < payloadHeaderBytes) throw badMagicHeader();
  if (payload[0] !== first || payload[1] !== second || payload[2] !== third || version > 0x0f) throw badMagicHeader();
  if (version !== 0) throw badVersion();
}
