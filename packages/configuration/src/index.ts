export type * from './schema/section-schema.ts';
export type * from './schema/effective-element.ts';
export { formatTimeSpan, parseTimeSpan } from './schema/time-span.ts';

export type * from './xml/document.ts';
export { childElements } from './xml/document.ts';
export { parseXml } from './xml/parse-xml.ts';
export { XmlError } from './xml/xml-error.ts';

export { expandVariables, type Expansion, type VariableLookup } from './paths/expand-variables.ts';
export { createPathMap, type MappedPath, type PathMap, type PathMapping } from './paths/path-map.ts';
export {
  contentVariables,
  lookUpIn,
  serverVariables,
  standardPathMappings,
  type HostFolders,
  type Variables,
  type VariableSources,
} from './paths/host-folders.ts';

export { sourceProblem, sourcesOf, type IncludedFile } from './inheritance/config-source.ts';
export { errorAt, formatOrigin, warningAt, type Diagnostic, type DiagnosticCode } from './diagnostics/diagnostic.ts';
export { nearestName } from './diagnostics/nearest-name.ts';

export { builtInRegistry, type BuiltInContent, type SectionRegistry } from './inheritance/section-registry.ts';
export {
  readConfigurationFile,
  type ConfigurationFile,
  type FileContext,
  type LocationBlock,
} from './inheritance/configuration-file.ts';
export { levelBelow, serverLevel, type Level, type LevelBelow } from './inheritance/level.ts';
export { Evaluator, type Evaluation } from './inheritance/evaluate.ts';
