import { describe, expect, it } from 'vitest';
import { renderErrorPage } from './error-page.ts';

const failure = { status: 500, subStatus: 30, title: 'ASP.NET Core app failed to start' };

describe('renderErrorPage', () => {
  it('has the heading of the module as title and heading, and ends in a line break', () => {
    const page = renderErrorPage(failure);
    expect(page).toContain('<title>HTTP Error 500.30 - ASP.NET Core app failed to start</title>');
    expect(page).toContain('<h1>HTTP Error 500.30 - ASP.NET Core app failed to start</h1>');
    expect(page).toMatch(/<\/html>\n$/);
  });

  it('lists causes and steps, then a link', () => {
    const page = renderErrorPage(failure);
    expect(page.indexOf('Usual causes')).toBeGreaterThan(0);
    expect(page.indexOf('What to do')).toBeGreaterThan(page.indexOf('Usual causes'));
    expect(page).toContain('<code>poolhouse logs</code>');
    expect(page).toContain('href="https://learn.microsoft.com/');
  });

  it('shows the detail, escaped, and otherwise says how to see it', () => {
    expect(renderErrorPage({ ...failure, detail: '<script>"&\'' })).toContain(
      '<pre>&#60;script&#62;&#34;&#38;&#39;</pre>',
    );
    expect(renderErrorPage({ ...failure, detail: 'x' })).not.toContain('ASPNETCORE_DETAILEDERRORS');
    expect(renderErrorPage(failure)).toContain('ASPNETCORE_DETAILEDERRORS');
  });

  it('escapes the title', () => {
    expect(renderErrorPage({ ...failure, title: '<b>' })).not.toContain('<b>');
  });

  it.each([
    ['https://help.example.com/?a=1&b=2', true],
    ['http://intranet/', true],
    ['javascript:alert(1)', false],
    ['help', false],
  ])('takes the link %s: %s', (link, shown) => {
    expect(renderErrorPage(failure, { link }).includes(`href="${link.replaceAll('&', '&#38;')}"`)).toBe(shown);
  });

  it.each([
    '500.0',
    '500.19',
    '500.21',
    '500.30',
    '500.31',
    '500.32',
    '500.33',
    '500.34',
    '500.35',
    '500.36',
    '500.37',
    '500.38',
    '502.3',
    '502.5',
  ])('has advice for %s', (code) => {
    const [status, subStatus] = code.split('.').map(Number) as [number, number];
    expect(renderErrorPage({ status, subStatus, title: 't' })).toContain('What to do');
  });
});
