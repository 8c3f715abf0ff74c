import type { LocationBlock, SectionContent } from './configuration-file.ts';
import { chainOf, type Level } from './level.ts';

/** One contribution to a section at one level. */
export interface SectionLayer {
  readonly content: SectionContent;
  /** Depth of the level of the file that holds it. */
  readonly depth: number;
  /** Whether that file is the level's own; then its scope is judged as a web.config. */
  readonly block: LocationBlock | undefined;
}

/**
 * What files say about a section for exactly one level, in the order in which it applies: location elements of
 * files above, the shallow first, then the level's own file, in its body or in a location for itself.
 */
export function layersAt(level: Level, section: string): readonly SectionLayer[] {
  const layers: SectionLayer[] = [];
  for (const holder of chainOf(level)) {
    if (holder === level) {
      const content = level.file?.body.get(section);
      if (content !== undefined) layers.push({ content, depth: holder.depth, block: undefined });
    }
    for (const block of holder.blocks.get(level.key) ?? []) {
      const content = block.sections.get(section);
      if (content !== undefined) layers.push({ content, depth: holder.depth, block });
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
