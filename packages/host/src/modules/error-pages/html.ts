/** Escapes text for HTML content and quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A whole document, self-contained: it is sent when nothing else of the site may work. `body` is HTML. */
export function htmlDocument(title: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

const style = [
  ':root{color-scheme:light dark}',
  'body{margin:0;font:16px/1.5 system-ui,sans-serif;color:light-dark(#1f2328,#e6edf3);background:light-dark(#fff,#0d1117)}',
  'main{max-width:46rem;margin:12vh auto;padding:0 1.5rem}',
  'h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem}',
  'h2{font-size:1rem;margin:1.5rem 0 .25rem}',
  'ul{margin:0;padding-left:1.25rem}',
  'code,pre{font:.875em/1.45 ui-monospace,monospace}',
  'pre{padding:.75rem 1rem;overflow:auto;white-space:pre-wrap;border-left:3px solid #cf222e;background:light-dark(#f6f8fa,#161b22)}',
  'p{margin:.5rem 0}',
].join('');
