import { errorAt, formatOrigin, warningAt, type Diagnostic, type DiagnosticCode } from '../diagnostics/diagnostic.ts';
import { faultLimit } from '../diagnostics/fault-limit.ts';
import type { Origin } from '../schema/effective-element.ts';
import type { XmlPosition } from '../xml/document.ts';
import type { Lock } from './lock.ts';

/** One file's contribution to one section at one level. */
export interface LayerPlace {
  readonly file: string;
  /** Configuration path that the section is evaluated for. */
  readonly level: string;
  /** Depth of the level of the file: 0 is the server's. Locks of shallower files bind it. */
  readonly depth: number;
  readonly section: string;
}

/** Where the merge stands inside a layer, and where its faults go. */
export class MergeScope {
  readonly place: LayerPlace;
  /** Path of the element inside the section; empty for the section itself. */
  readonly path: string;
  readonly #diagnostics: Diagnostic[];

  constructor(place: LayerPlace, diagnostics: Diagnostic[], path = '') {
    this.place = place;
    this.path = path;
    this.#diagnostics = diagnostics;
  }

  below(name: string): MergeScope {
    return new MergeScope(this.place, this.#diagnostics, this.path === '' ? name : `${this.path}/${name}`);
  }

  /** So much is wrong with this section that the rest of it need not be looked at. Warnings do not count. */
  get full(): boolean {
    const all = this.#diagnostics;
    return all.length >= faultLimit && all.filter(({ severity }) => severity === 'error').length >= faultLimit;
  }

  /** The element's name for messages. */
  get name(): string {
    return this.path === '' ? this.place.section : this.path;
  }

  at({ line, column }: XmlPosition): Origin {
    return { file: this.place.file, line, column };
  }

  refuse(position: XmlPosition, code: DiagnosticCode, message: string, details: Partial<Diagnostic> = {}): void {
    this.#diagnostics.push(errorAt(this.at(position), code, message, { ...this.#context(), ...details }));
  }

  warn(position: XmlPosition, code: DiagnosticCode, message: string, details: Partial<Diagnostic> = {}): void {
    if (this.#diagnostics.length >= faultLimit) return;
    this.#diagnostics.push(warningAt(this.at(position), code, message, { ...this.#context(), ...details }));
  }

  refuseLocked(position: XmlPosition, what: string, lock: Lock, details: Partial<Diagnostic> = {}): void {
    const message = `Lock violation: ${what} of ${this.name} is locked at ${formatOrigin(lock.origin)}.`;
    this.refuse(position, 'locked', message, { related: lock.origin, ...details });
  }

  #context(): { level: string; section: string; element?: string } {
    const { level, section } = this.place;
    return this.path === '' ? { level, section } : { level, section, element: this.path };
  }
}
