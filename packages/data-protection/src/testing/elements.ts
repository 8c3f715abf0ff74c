import { parseInstant } from '../time/date-text.ts';
import type { Instant } from '../time/instant.ts';
import { ticksPerDay } from '../time/instant.ts';
import { writeKeyElement } from '../keys/key-element.ts';
import { writeRevocationElement } from '../keys/revocation.ts';
import type { XmlElement } from '../xml/element.ts';
import type { XmlRepository } from '../repositories/repository.ts';
import type { Logger } from '../logger.ts';

/** `00000000-0000-0000-0000-000000000007` */
export function keyIdOf(number: number): string {
  return `00000000-0000-0000-0000-${number.toString().padStart(12, '0')}`;
}

/** An instant by its text. */
export function at(text: string): Instant {
  const parsed = parseInstant(text);
  if (parsed === undefined) throw new Error(text);
  return parsed.instant;
}

export interface KeyGiven {
  readonly created: Instant;
  readonly active?: Instant;
  readonly expires?: Instant;
}

/** A key in clear that is active at once and for 90 days, unless told otherwise. */
export function keyElement(id: number | string, { created, active, expires }: KeyGiven): XmlElement {
  return writeKeyElement({
    keyId: typeof id === 'string' ? id : keyIdOf(id),
    creationDate: created,
    activationDate: active ?? created,
    expirationDate: expires ?? (active ?? created) + 90n * ticksPerDay,
    algorithms: { encryption: 'AES_256_CBC' },
    masterKey: Buffer.alloc(64, typeof id === 'string' ? 1 : id),
  });
}

export function revocationOf(id: number, date: Instant): XmlElement {
  return writeRevocationElement({ keyId: keyIdOf(id), date });
}

export function revocationOfAll(before: Instant): XmlElement {
  return writeRevocationElement({ keyId: '*', date: before });
}

/** A repository in memory that can be made to fail, and counts. */
export class TestRepository implements XmlRepository {
  elements: XmlElement[];
  stored: { readonly element: XmlElement; readonly name: string }[] = [];
  reads = 0;
  /** What the next reads throw. */
  failure: Error | undefined;
  /** False: takes elements and does not list them. */
  listsStored = true;
  /** Awaited by each read. */
  gate: Promise<void> = Promise.resolve();

  constructor(...elements: XmlElement[]) {
    this.elements = elements;
  }

  async getAllElements(): Promise<readonly XmlElement[]> {
    this.reads += 1;
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return [...this.elements];
  }

  storeElement(element: XmlElement, name: string): Promise<void> {
    this.stored.push({ element, name });
    if (this.listsStored) this.elements.push(element);
    return Promise.resolve();
  }
}

export class TestLogger implements Logger {
  readonly lines: { readonly level: keyof Logger; readonly message: string; readonly error?: unknown }[] = [];

  error(message: string, error?: unknown): void {
    this.lines.push({ level: 'error', message, error });
  }

  warn(message: string, error?: unknown): void {
    this.lines.push({ level: 'warn', message, error });
  }

  info(message: string): void {
    this.lines.push({ level: 'info', message });
  }

  debug(message: string): void {
    this.lines.push({ level: 'debug', message });
  }

  /** Messages of one level. */
  of(level: keyof Logger): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}

/** A clock that stands until it is moved. */
export class TestClock {
  now: Instant;

  constructor(now: Instant) {
    this.now = now;
  }

  readonly read = (): Instant => this.now;
}
