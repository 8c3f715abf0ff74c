/** Frozen settings of the module; names and sequences are in lower case, composed (NFC). */
export interface RequestFilteringSettings {
  /** Bytes of a request body. Default 30,000,000. */
  readonly maxAllowedContentLength: number;
  /** Bytes of the path as sent. Default 4,096. */
  readonly maxUrl: number;
  /** Bytes of the query without its `?`. Default 2,048. */
  readonly maxQueryString: number;
  /** Default 32. */
  readonly maxUrlSegments: number;
  readonly allowDoubleEscaping: boolean;
  readonly allowHighBitCharacters: boolean;
  /** Deny sequences are looked for in the decoded query too. */
  readonly unescapeQueryString: boolean;
  readonly verbs: AllowList;
  /** Extensions with their dot; `.` alone stands for a name without extension. */
  readonly fileExtensions: AllowList;
  readonly hiddenSegments: readonly string[];
  readonly denyUrlSequences: readonly string[];
  readonly alwaysAllowedUrls: readonly string[];
  readonly denyQueryStringSequences: readonly string[];
  readonly alwaysAllowedQueryStrings: readonly string[];
  /** Bytes by field name; 0 denies the field. */
  readonly headerLimits: readonly (readonly [name: string, bytes: number])[];
  readonly filteringRules: readonly FilteringRule[];
}

/** What is listed is allowed or not; the rest is as `allowUnlisted` says. */
export interface AllowList {
  readonly allowUnlisted: boolean;
  readonly allowed: readonly string[];
  readonly denied: readonly string[];
}

export interface FilteringRule {
  readonly scanUrl: boolean;
  readonly scanQueryString: boolean;
  /** Scan all fields of the request. */
  readonly scanAllRaw: boolean;
  readonly denyUnescapedPercent: boolean;
  readonly scanHeaders: readonly string[];
  /** Extensions with their dot; empty = every request. */
  readonly appliesTo: readonly string[];
  readonly denyStrings: readonly string[];
}
