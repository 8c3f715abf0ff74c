/** A machine-wide policy that must not be followed: its file or its content is wrong. Tells all faults at once. */
export class DataProtectionPolicyError extends Error {
  override readonly name = 'DataProtectionPolicyError';
  readonly faults: readonly string[];

  constructor(path: string, faults: readonly string[]) {
    super(`The data protection policy ${path} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}
