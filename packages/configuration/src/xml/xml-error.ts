import type { XmlPosition } from './document.ts';

/** The file is not well-formed, or not within the limits. The message is a sentence for the person who wrote the file. */
export class XmlError extends Error implements XmlPosition {
  readonly line: number;
  readonly column: number;

  constructor(message: string, position: XmlPosition) {
    super(message);
    this.name = 'XmlError';
    this.line = position.line;
    this.column = position.column;
  }
}
