import type { ConfigurationFile, LocationBlock } from './configuration-file.ts';
import type { SectionRegistry } from './section-registry.ts';

/**
 * One node of the configuration path: the server, a site, an application, a virtual directory, a folder or a
 * file. `Level`s are made from the top down and never changed.
 */
export interface Level {
  readonly parent: Level | undefined;
  /** `shop/api`, as written; empty for the server. */
  readonly path: string;
  /** `path`, composed and in lower case: names of levels ignore case. */
  readonly key: string;
  /** Number of segments of `path`. */
  readonly depth: number;
  /** Key of the level of the application that it belongs to; undefined for the server. */
  readonly application: string | undefined;
  readonly isApplicationRoot: boolean;
  readonly file: ConfigurationFile | undefined;
  readonly registry: SectionRegistry;
  /** Blocks of this level's file by the key of the level that they target. */
  readonly blocks: ReadonlyMap<string, readonly LocationBlock[]>;
}

/** The level of the server, from applicationHost.config. */
export function serverLevel(file: ConfigurationFile): Level {
  return {
    parent: undefined,
    path: '',
    key: '',
    depth: 0,
    application: undefined,
    isApplicationRoot: false,
    file,
    registry: file.registry,
    blocks: blocksByTarget(file, ''),
  };
}

export interface LevelBelow {
  /** Site name, or one segment of a path. */
  readonly name: string;
  /** An application has its root here. */
  readonly isApplicationRoot: boolean;
  /** The web.config of the level's folder, read with the registry of the level above. */
  readonly file?: ConfigurationFile;
}

/** A level one segment below another. */
export function levelBelow(parent: Level, { name, isApplicationRoot, file }: LevelBelow): Level {
  const path = parent.depth === 0 ? name : `${parent.path}/${name}`;
  const key = fold(path);
  return {
    parent,
    path,
    key,
    depth: parent.depth + 1,
    application: isApplicationRoot ? key : parent.application,
    isApplicationRoot,
    file,
    registry: file?.registry ?? parent.registry,
    blocks: file === undefined ? new Map() : blocksByTarget(file, key),
  };
}

/** A level and those above it, the server first. */
export function chainOf(level: Level): readonly Level[] {
  const chain: Level[] = [];
  for (let node: Level | undefined = level; node !== undefined; node = node.parent) chain.unshift(node);
  return chain;
}

function blocksByTarget(file: ConfigurationFile, key: string): ReadonlyMap<string, readonly LocationBlock[]> {
  const blocks = new Map<string, LocationBlock[]>();
  for (const block of file.locations) {
    const target = [key, fold(block.path)].filter((part) => part !== '').join('/');
    const list = blocks.get(target);
    if (list === undefined) blocks.set(target, [block]);
    else list.push(block);
  }
  return blocks;
}

/** Form in which paths compare: composed, lower case. */
function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
