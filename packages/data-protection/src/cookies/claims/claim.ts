const stringValueType = 'http://www.w3.org/2001/XMLSchema#string';
const localAuthority = 'LOCAL AUTHORITY';

/** What one makes a claim of; only type and value are needed. */
export interface ClaimInit {
  readonly type: string;
  readonly value: string;
  /** Default `http://www.w3.org/2001/XMLSchema#string`. */
  readonly valueType?: string;
  /** Default `LOCAL AUTHORITY`. */
  readonly issuer?: string;
  /** Default: the issuer. */
  readonly originalIssuer?: string;
  readonly properties?: ReadonlyMap<string, string>;
}

/** A statement about somebody, and who made it. Empty text stands for the default, as in .NET. */
export class Claim {
  static readonly defaultValueType = stringValueType;
  static readonly defaultIssuer = localAuthority;

  readonly type: string;
  readonly value: string;
  readonly valueType: string;
  readonly issuer: string;
  readonly originalIssuer: string;
  readonly properties: ReadonlyMap<string, string>;

  constructor({ type, value, valueType, issuer, originalIssuer, properties }: ClaimInit) {
    this.type = type;
    this.value = value;
    this.valueType = valueType || stringValueType;
    this.issuer = issuer || localAuthority;
    this.originalIssuer = originalIssuer || this.issuer;
    this.properties = properties ?? noProperties;
  }
}

const noProperties: ReadonlyMap<string, string> = new Map();
