import type { EffectiveConfiguration, Origin } from '@poolhouse/configuration';
import { knownModule } from './known-modules.ts';
import type { HostingModule } from './known-modules.ts';
import { preConditionHolds } from './pre-condition.ts';
import { handlersSection } from './section.ts';
import type { HandlerEntry, HandlerId } from './settings.ts';

/** An entry of the effective mapping that can be chosen in this host, read but not yet compiled. */
export interface MappedEntry {
  readonly name: string;
  readonly path: string;
  /** Undefined = every verb. */
  readonly verbs: readonly string[] | undefined;
  readonly resourceType: HandlerEntry['resourceType'];
  readonly requireAccess: 'None' | 'Read' | 'Write' | 'Script' | 'Execute';
  /** In the order of `modules`. */
  readonly handlers: readonly HandlerId[];
  /** Modules that do not exist here. */
  readonly unknown: readonly string[];
  /** `type` of a handler of the .NET Framework; empty otherwise. */
  readonly managedType: string;
  /** Set when the entry leads to a program. */
  readonly hosting: HostingModule | undefined;
  readonly origin: Origin | undefined;
}

/** Entries in effective order, without those whose precondition fails or whose feature is never there. */
export function mappedEntries(configuration: EffectiveConfiguration): readonly MappedEntry[] {
  return configuration
    .section(handlersSection)
    .entries()
    .filter((entry) => preConditionHolds(entry.get('preCondition')))
    .flatMap((entry): MappedEntry[] => {
      const names = listOf(entry.get('modules'));
      const known = names.map((name) => knownModule(name));
      if (known.some((module) => module?.handler === 'absent')) return [];
      const verbs = listOf(entry.get('verb'));
      return [
        {
          name: entry.get('name'),
          path: entry.get('path'),
          verbs: verbs.includes('*') ? undefined : verbs,
          resourceType: entry.get('resourceType'),
          requireAccess: entry.get('requireAccess'),
          handlers: known.flatMap((module) => (module === undefined ? [] : [module.handler as HandlerId])),
          unknown: names.filter((_, index) => known[index] === undefined),
          managedType: entry.get('type'),
          hosting: known.map((module) => (module && 'hosting' in module ? module.hosting : undefined)).find(Boolean),
          origin: entry.writtenAt,
        },
      ];
    });
}

/** Whether no request gets past the entry. */
export function takesEverything(entry: Pick<MappedEntry, 'path' | 'verbs' | 'resourceType'>): boolean {
  return entry.path === '*' && entry.verbs === undefined && entry.resourceType === 'Unspecified';
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
