import { BinaryReader } from '../../encoding/binary-reader.ts';
import { BinaryWriter } from '../../encoding/binary-writer.ts';
import { EncodingError } from '../../errors/encoding-error.ts';
import type { DataSerializer } from '../tickets/secure-data-format.ts';
import { claimUidLength } from './claim-uid.ts';

export const securityTokenLength = 16;
const version = 1;

/** The half of a pair that is a cookie, and the half that a form or a header brings. */
export type AntiforgeryToken =
  | { readonly kind: 'cookie'; readonly securityToken: Buffer }
  | {
      readonly kind: 'request';
      readonly securityToken: Buffer;
      /** Who it is for: the claim uid, else a user name, which is empty for the anonymous user. */
      readonly user: Buffer | string;
      readonly additionalData: string;
    };

/**
 *     | 01 | security token, 16 | is cookie |
 *     and of a request: | claims based | claim uid, 32, or user name | additional data |
 */
export const antiforgeryTokenSerializer: DataSerializer<AntiforgeryToken> = {
  serialize(token) {
    const writer = new BinaryWriter()
      .byte(version)
      .bytes(token.securityToken)
      .boolean(token.kind === 'cookie');
    if (token.kind === 'cookie') return writer.toBuffer();
    writer.boolean(typeof token.user !== 'string');
    if (typeof token.user === 'string') writer.string(token.user);
    else writer.bytes(token.user);
    return writer.string(token.additionalData).toBuffer();
  },

  /** @throws EncodingError for all that is no token, bytes after its end included */
  deserialize(bytes) {
    const reader = new BinaryReader(bytes);
    if (reader.byte() !== version) return null;
    const securityToken = reader.bytes(securityTokenLength);
    const token: AntiforgeryToken = reader.boolean()
      ? { kind: 'cookie', securityToken }
      : {
          kind: 'request',
          securityToken,
          user: reader.boolean() ? reader.bytes(claimUidLength) : reader.string(),
          additionalData: reader.string(),
        };
    if (reader.remaining > 0) throw new EncodingError('There are bytes after the token.');
    return token;
  },
};
