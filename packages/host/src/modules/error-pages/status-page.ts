import { STATUS_CODES } from 'node:http';
import { escapeHtml, htmlDocument } from './html.ts';

/**
 * The short page of any other status: number, name and one sentence. It tells a visitor nothing of the
 * server; the sub-status is for the log.
 */
export function renderStatusPage(status: number): string {
  return pages.get(status) ?? render(status);
}

function render(status: number): string {
  const heading = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  const sentence = sentences[status];
  return htmlDocument(
    heading,
    `<h1>${escapeHtml(heading)}</h1>${sentence === undefined ? '' : `\n<p>${escapeHtml(sentence)}</p>`}`,
  );
}

const sentences: Readonly<Record<number, string>> = {
  400: 'The request is not valid.',
  401: 'You may not see this with the rights you have shown.',
  403: 'You may not see this.',
  404: 'There is nothing at this address, or it was moved.',
  405: 'This address does not take requests of this kind.',
  412: 'The document has changed since you looked at it last.',
  413: 'The request is larger than this address takes.',
  414: 'The address is longer than this server takes.',
  416: 'The document does not have the part that was asked for.',
  500: 'The server could not answer this request.',
  502: 'The application behind this address gave no valid answer.',
  503: 'The service is not available at the moment. Try again later.',
  504: 'The application behind this address did not answer in time.',
};

const pages: ReadonlyMap<number, string> = new Map(
  Object.keys(sentences).map((status) => [Number(status), render(Number(status))]),
);
