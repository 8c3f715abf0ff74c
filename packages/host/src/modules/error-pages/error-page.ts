import type { RequestFailure } from '@poolhouse/contract';
import { adviceFor } from './advice.ts';
import { escapeHtml, htmlDocument } from './html.ts';

export interface ErrorPageOptions {
  /** One more link, `http:` or `https:` (`ANCM_ADDITIONAL_ERROR_PAGE_LINK`); others are left out. */
  readonly link?: string;
}

/**
 * The page of a hosting failure: heading `HTTP Error 500.30 - title`, usual causes, what to do, links.
 * `detail` is shown as it is given: leave it out where detailed errors are off. HTML, UTF-8, ends in a line break.
 *
 * Follows the error page of the ASP.NET Core Module.
 */
export function renderErrorPage(
  failure: Pick<RequestFailure, 'status' | 'subStatus' | 'title' | 'detail'>,
  options: ErrorPageOptions = {},
): string {
  const heading = `HTTP Error ${failure.status}.${failure.subStatus} - ${failure.title}`;
  const advice = adviceFor(failure.status, failure.subStatus);
  return htmlDocument(
    heading,
    [
      `<h1>${escapeHtml(heading)}</h1>`,
      ...(advice === undefined ? [] : [list('Usual causes', advice.causes), list('What to do', advice.steps)]),
      failure.detail === undefined ? hint : `<h2>What happened</h2>\n<pre>${escapeHtml(failure.detail)}</pre>`,
      links(options.link),
    ].join('\n'),
  );
}

const hint =
  '<p>The reason is in the events of the server. It is shown here when <code>ASPNETCORE_ENVIRONMENT</code> is ' +
  '<code>Development</code> or <code>ASPNETCORE_DETAILEDERRORS</code> is <code>true</code>.</p>';

const documentation = 'https://learn.microsoft.com/aspnet/core/host-and-deploy/azure-iis-errors-reference';

function list(title: string, sentences: readonly string[]): string {
  const items = sentences.map((sentence) => `<li>${sentenceToHtml(sentence)}</li>`);
  return `<h2>${title}</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
}

function sentenceToHtml(sentence: string): string {
  return escapeHtml(sentence).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function links(additional: string | undefined): string {
  const known = [documentation, ...(additional !== undefined && isWebLink(additional) ? [additional] : [])];
  const items = known.map((link) => `<li><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></li>`);
  return `<h2>More</h2>\n<ul>\n${items.join('\n')}\n</ul>`;
}

function isWebLink(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? '');
}
