#!/usr/bin/env node
import process from 'node:process';

// Node 20 calls JSON modules experimental; a user can do nothing about it.
const tellers = process.listeners('warning');
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'ExperimentalWarning') tellers.forEach((teller) => teller(warning));
});

// `liaison inbox | head` ends when head has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { main } = await import('./program.js');
await main(process.argv.slice(2));
