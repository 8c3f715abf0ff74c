import type { SectionSchema } from '@poolhouse/configuration';

/** Switches of the whole module, which Windows keeps in the registry; a section of Poolhouse's own. */
export const aspNetCoreModuleSection = {
  path: 'system.webServer/aspNetCoreModule',
  allowDefinition: 'AppHostOnly',
  overrideModeDefault: 'Deny',
  attributes: {
    /** Windows: DisableANCM. Every request that is mapped to the module gets 500. */
    disableModule: { type: 'bool' },
  },
} as const satisfies SectionSchema;
