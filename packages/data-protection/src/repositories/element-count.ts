import { XmlError } from '../xml/xml-error.ts';

/** Most elements of one ring that are read. Some dozens are usual: a key lasts for months. */
export const mostElements = 10_000;

/** @throws XmlError before any of them is looked at */
export function checkElementCount(count: number, where: string): void {
  if (count <= mostElements) return;
  throw new XmlError(
    `${where} holds more than the ${mostElements} elements that a key ring may have: something adds to it without end. ` +
      'Delete what nobody needs.',
  );
}
