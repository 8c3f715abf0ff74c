export { detectFolder } from './run-folder/detect.ts';
export { folderFacts, type FolderFacts } from './run-folder/folder-facts.ts';
export { FolderProblem, type FolderDecision, type Program } from './run-folder/program.ts';
export { applicationHostText, webConfigText, type RunFolderSite } from './run-folder/write-configuration.ts';
