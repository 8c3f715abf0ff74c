import type { Level } from './level.ts';
import type { SectionLayer } from './section-layers.ts';

/**
 * Why a layer may not set its section where it does (`allowDefinition`, `allowLocation`); undefined when it may.
 * A location is judged by the file it stands in and by the level it targets.
 */
export function scopeProblem(layer: SectionLayer, target: Level): string | undefined {
  const { path, allowDefinition, allowLocation } = layer.content.declaration;
  const inServerFile = layer.depth === 0;
  if (layer.block !== undefined && !allowLocation)
    return `${path} may not stand in a location (allowLocation is false)`;
  switch (allowDefinition) {
    case 'Everywhere':
      return undefined;
    case 'MachineToApplication':
      if (target.depth === 0 || target.isApplicationRoot) return undefined;
      return `${path} may be set down to the root of an application (${allowDefinition}), and ${target.path} is none`;
    default:
      if (!inServerFile) return `${path} may only be set in applicationHost.config (${allowDefinition})`;
      if (target.depth === 0) return undefined;
      return `${path} may be set for the whole server only (${allowDefinition}), not for a location`;
  }
}
