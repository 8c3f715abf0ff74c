import { defineCommand } from '../command.ts';
import { productVersion } from '../product-version.ts';

export const versionCommand = defineCommand({
  names: ['version'],
  summary: 'Show the version of Poolhouse and of its Node.js',
  arguments: [],
  options: {},
  examples: [['poolhouse version', 'also: poolhouse --version']],
  exits: [],
  run({ output }) {
    const facts = {
      version: productVersion(),
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
    };
    output.show(facts, () => `poolhouse ${facts.version} (Node.js ${facts.node}, ${facts.platform} ${facts.arch})`);
    return Promise.resolve(0);
  },
});
