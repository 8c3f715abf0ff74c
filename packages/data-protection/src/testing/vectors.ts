import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Known answers: published ones, some made with the reference implementation, some computed. The file says which. */
export interface Vectors {
  readonly kdf: readonly KdfVector[];
  readonly contextHeaders: readonly ContextHeaderVector[];
  readonly encryptors: readonly EncryptorVector[];
  readonly aad: readonly AadVector[];
  readonly sevenBitLengths: readonly { readonly value: number; readonly hex: string }[];
  readonly guid: readonly { readonly guid: string; readonly wireHex: string }[];
  readonly protectedPayloads: {
    readonly key: { readonly keyId: string; readonly masterKeyBase64: string };
    readonly cases: readonly ProtectedPayloadVector[];
  };
  readonly negativePayloads: { readonly cases: readonly NegativePayloadVector[] };
  readonly timeLimited: {
    readonly purposeSuffix: string;
    readonly ticks: readonly { readonly utc: string; readonly headerHex: string }[];
    readonly payloadHeaderTicksHex: string;
  };
  readonly base64url: readonly { readonly text: string; readonly hex?: string; readonly error?: true }[];
  readonly getAllKeysScenario: {
    readonly keys: readonly { readonly id: string; readonly creationDate: string }[];
    readonly revocations: readonly { readonly all: string }[];
    readonly revoked: readonly string[];
  };
  readonly defaultDirectory: {
    readonly cases: readonly {
      readonly platform: string;
      readonly env: Readonly<Record<string, string>>;
      readonly path: string | null;
    }[];
  };
  readonly defaultKeyResolution: { readonly cases: readonly DefaultKeyVector[] };
  readonly documentationSamplePayload: {
    readonly hex: string;
    readonly keyId: string;
    readonly layout: Readonly<Record<'magic' | 'keyId' | 'keyModifier' | 'iv' | 'ciphertext' | 'mac', number>>;
  };
  readonly ticket: {
    readonly cases: readonly TicketVector[];
    readonly propertiesOnly: readonly {
      readonly name: string;
      readonly items?: Readonly<Record<string, string>>;
      readonly bytesHex: string;
    }[];
  };
  readonly antiforgery: {
    readonly cookieTokenHex: string;
    readonly requestTokenAnonymousHex: string;
    readonly requestTokenClaimUidHex: string;
    readonly claimUid: { readonly parameters: readonly [string, string, string]; readonly sha256Hex: string };
    readonly cookieNames: readonly { readonly discriminator: string; readonly name: string }[];
  };
  readonly session: {
    readonly plaintextUtf8: string;
    readonly payloadText: string;
    readonly keyModifierHex: string;
    readonly ivHex: string;
  };
  readonly cookieChunking: { readonly cases: readonly ChunkingVector[] };
  readonly magic: { readonly hex: string; readonly base64UrlPrefix: string };
}

export interface TicketVector {
  readonly name: string;
  readonly scheme: string;
  readonly identities: readonly IdentityVector[];
  readonly properties: Readonly<Record<string, string>>;
  readonly bytesHex?: string;
  readonly bytesBase64?: string;
}

export interface IdentityVector {
  readonly authenticationType: string;
  readonly nameClaimType?: string;
  readonly roleClaimType?: string;
  readonly bootstrapContext?: string;
  readonly actor?: IdentityVector;
  readonly claims: readonly {
    readonly type: string;
    readonly value: string;
    readonly valueType?: string;
    readonly issuer?: string;
    readonly originalIssuer?: string;
    readonly properties?: Readonly<Record<string, string>>;
  }[];
}

export interface ChunkingVector {
  readonly templateLength: number;
  readonly valueLength: number;
  readonly chunked?: boolean;
  readonly dataPerCookie?: number;
  readonly chunks?: number;
  readonly error?: string;
}

export interface DefaultKeyVector {
  readonly name: string;
  readonly now: string;
  readonly keys: readonly {
    readonly id: number;
    readonly creation: string;
    readonly activation: string;
    readonly expiration: string;
    readonly revoked?: boolean;
    readonly encryptorThrows?: boolean;
  }[];
  readonly default: number | null;
  readonly fallback?: number | null;
}

export interface KdfVector {
  readonly name: string;
  /** Null: 50,000 bytes, each its position modulo 256. */
  readonly kdkHex: string | null;
  readonly labelUtf8: string;
  readonly contextHeaderUtf8: string;
  readonly contextUtf8: string;
  readonly outputLength: number;
  readonly outputBase64: string;
}

export interface ContextHeaderVector extends SuiteVector {
  readonly headerHex: string;
}

/** Primitives as the vectors write them: `aes-256-cbc` with `hmac-sha256`, `aes-128-gcm` alone. */
export interface SuiteVector {
  readonly cipher: string;
  readonly mac?: string;
}

export interface EncryptorVector extends SuiteVector {
  readonly name: string;
  readonly kdkHex: string;
  readonly aadHex: string;
  readonly plaintextHex: string;
  readonly keyModifierHex: string;
  readonly ivHex?: string;
  readonly nonceHex?: string;
  readonly outputBase64: string;
}

export interface AadVector {
  readonly name: string;
  readonly keyId: string;
  readonly purposes: readonly string[];
  readonly aadHex?: string;
  readonly aadBase64?: string;
}

export interface ProtectedPayloadVector extends SuiteVector {
  readonly name: string;
  readonly purposes: readonly string[];
  readonly plaintextBase64: string;
  readonly keyModifierHex: string;
  readonly ivHex?: string;
  readonly nonceHex?: string;
  readonly payloadHex: string;
  readonly payloadBase64Url: string;
}

export interface NegativePayloadVector {
  readonly name: string;
  readonly payloadHex: string;
  readonly code: string;
  readonly purposes?: readonly string[];
}

export const vectors = JSON.parse(readFileSync(join(__dirname, 'vectors.json'), 'utf8')) as Vectors;
