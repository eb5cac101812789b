#!/usr/bin/env node
/** The command line: long work on the data folder, or on a running service by `--url` and `--key`. */
import 'reflect-metadata';
import { Command, InvalidArgumentError } from 'commander';
import { demo } from './cli/demo.command.js';
import { exportLog } from './cli/export.command.js';
import { importOrders } from './cli/import.command.js';
import { createKey, listKeys, revokeKey } from './cli/keys.command.js';
import { printOpenApi } from './cli/openapi.command.js';
import { rebuild } from './cli/rebuild.command.js';
import { verify } from './cli/verify.command.js';
import { storeFaultOf } from './eventing/store-faults.js';
import { DataFolderError, keepToOurselves } from './shared/data-folder.js';

const program = new Command('backhaul')
  .description('Event-sourced product returns. Commands work on DATA_DIR (./data); while the service runs on it, give --url and --key instead.')
  .showHelpAfterError('(add --help for what it takes)');

const remote = (command: Command): Command =>
  command
    .option('--url <url>', 'a running service, e.g. http://localhost:3000; without it the command opens DATA_DIR itself')
    .option('--key <key>', 'API key for --url', process.env['BACKHAUL_KEY']);

remote(program.command('import <file>'))
  .description('register the orders of a CSV or NDJSON file; running it again changes nothing')
  .option('--mapping <mapping>', 'named column mapping (generic, superstore) or an inline JSON mapping', 'generic')
  .action(importOrders);

remote(program.command('demo'))
  .description('import orders, send the listed ones back whole and see every refund paid; with no files a small made-up shop')
  .option('--orders <file>', 'CSV of order lines')
  .option('--returns <file>', 'CSV with a column "Order ID": the orders that come back')
  .option('--mapping <mapping>', 'column mapping of --orders', 'superstore')
  .action(demo);

program.command('rebuild [view]').description('build a view (or all of them) anew from the log, beside the old one').action(rebuild);
program.command('verify').description('check the log, the views and the money against each other; exit 1 if anything differs').action(verify);
program
  .command('export')
  .description('write every event as NDJSON, in log order')
  .option('--out <file>', 'file to write; standard output without it')
  .option('--stream <id>', 'only this stream, e.g. returns-A-1')
  .action(exportLog);
program.command('openapi').description('print the OpenAPI description of the API, for generating a client').action(printOpenApi);

const keys = program.command('keys').description('API keys of this data folder');
keys.command('list').description('every key: id, role, label, whether it is revoked').action(listKeys);
keys
  .command('create')
  .description('make a key; it is shown once and stored hashed')
  .requiredOption('--role <role>', 'shop, warehouse, finance or admin', oneOf(['shop', 'warehouse', 'finance', 'admin']))
  .option('--label <label>', 'what it is for', '')
  .action(createKey);
keys.command('revoke <id>').description('a revoked key lets nobody in any more').action(revokeKey);

keepToOurselves();
try {
  await program.parseAsync();
} catch (error) {
  const fault = error instanceof DataFolderError ? error : (storeFaultOf(error) ?? error);
  process.stderr.write(`${fault instanceof Error ? fault.message : String(fault)}\n`);
  process.exitCode = 1;
}

function oneOf<Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
    return found;
  };
}
