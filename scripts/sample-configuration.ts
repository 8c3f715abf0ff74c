/** A sample as it is going to run. */
export interface EffectiveSample {
  /** Name of the site in the file. */
  readonly site: string;
  /** Port of its binding in the file. */
  readonly defaultPort: number;
  /** Port to listen on; undefined when the site cannot run on this machine. */
  readonly port: number | undefined;
}

/**
 * The samples' `applicationHost.config` with other ports, and without the sites that cannot run. All else stays as
 * it is written, comments included.
 */
export function effectiveConfiguration(text: string, samples: readonly EffectiveSample[]): string {
  // All at once: a new port may be another site's default.
  const parts = text.split(/(?=^[ \t]*<site name=")|(?<=<\/site>\n)/m);
  const kept = parts.map((part) => {
    const sample = samples.find(({ site }) => part.trimStart().startsWith(`<site name="${site}"`));
    if (sample === undefined) return part;
    if (sample.port === undefined) return '';
    const binding = `"127.0.0.1:${sample.defaultPort}:"`;
    if (!part.includes(binding)) throw new Error(`the site "${sample.site}" has no binding ${binding}`);
    return part.replace(binding, `"127.0.0.1:${sample.port}:"`);
  });
  const found = parts.filter((part) => part.trimStart().startsWith('<site name="')).length;
  if (found !== samples.length) throw new Error(`expected ${samples.length} sites in the file, found ${found}`);
  return kept.join('');
}
