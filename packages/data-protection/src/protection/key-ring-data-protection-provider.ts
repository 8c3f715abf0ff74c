import type { KeyRingProvider } from '../keys/key-ring.ts';
import { systemClock, type Instant } from '../time/instant.ts';
import type { DataProtectorFactory } from './data-protector.ts';
import { KeyRingDataProtector } from './key-ring-data-protector.ts';
import { purposesOf } from './purposes.ts';

export interface KeyRingDataProtectionOptions {
  /** First purpose of every payload, as `discriminatorOf` gives it; empty, the default, means none. */
  readonly discriminator?: string;
  /** For time limits. */
  readonly clock?: () => Instant;
}

/** Where chains of purposes begin: makes the protectors of one application over one key ring. */
export class KeyRingDataProtectionProvider implements DataProtectorFactory {
  readonly #rings: KeyRingProvider;
  readonly #root: readonly string[];
  readonly #clock: () => Instant;

  /** @throws TypeError for a discriminator with a surrogate without its other half */
  constructor(rings: KeyRingProvider, { discriminator = '', clock = systemClock }: KeyRingDataProtectionOptions = {}) {
    this.#rings = rings;
    this.#root = discriminator === '' ? [] : purposesOf(discriminator, []);
    this.#clock = clock;
  }

  createProtector(first: string | readonly string[], ...more: string[]): KeyRingDataProtector {
    return new KeyRingDataProtector(this.#rings, [...this.#root, ...purposesOf(first, more)], this.#clock);
  }
}
