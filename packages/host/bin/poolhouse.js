#!/usr/bin/env node
// The command as npm links it: it exists before the build does, and leaves everything to the built one.
import('../dist/cli/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  console.error(`poolhouse is not built yet (${error.message}); run: npm run build`);
  process.exitCode = 1;
});
