import type { LocationBlock, SectionContent } from './configuration-file.ts';
import { chainOf, type Level } from './level.ts';

/** One contribution to a section at one level. */
export interface SectionLayer {
  readonly content: SectionContent;
  /** Depth of the level of the file that holds it. */
  readonly depth: number;
  /** The location that it stands in; undefined for the body of the level's own file. */
  readonly block: LocationBlock | undefined;
}

/**
 * What files say for exactly one level, by section, in the order in which it applies: location elements of files
 * above, the shallow first, then the level's own file, in its body or in a location for itself.
 */
export function layersAt(level: Level): ReadonlyMap<string, readonly SectionLayer[]> {
  const layers = new Map<string, SectionLayer[]>();
  const add = (section: string, layer: SectionLayer): void => {
    const list = layers.get(section);
    if (list === undefined) layers.set(section, [layer]);
    else list.push(layer);
  };
  for (const holder of chainOf(level)) {
    const { depth } = holder;
    if (holder === level) {
      for (const [section, content] of level.file?.body ?? []) add(section, { content, depth, block: undefined });
    }
    for (const block of holder.blocks.get(level.key) ?? []) {
      for (const [section, content] of block.sections) add(section, { content, depth, block });
    }
  }
  return layers;
}

/**
 * Whether a layer reaches a level below its target: `inheritInChildApplications="false"` keeps it from
 * applications nested under the one that owns the target.
 */
export function reaches(layer: SectionLayer, target: Level, viewer: Level): boolean {
  return layer.block?.inheritInChildApplications !== false || target.application === viewer.application;
}
