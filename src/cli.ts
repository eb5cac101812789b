#!/usr/bin/env node
/**
 * The command line: long work on the data folder, or on a running service by `--url` and `--key`.
 * A command is loaded when it is called, so that help and mistakes are answered at once.
 */
import 'reflect-metadata';
import { Command, InvalidArgumentError } from 'commander';
import type { demo } from './cli/demo.command.js';
import type { exportLog } from './cli/export.command.js';
import type { importOrders } from './cli/import.command.js';
import type { createKey, revokeKey } from './cli/keys.command.js';
import type { providers } from './cli/providers.command.js';
import type { rebuild } from './cli/rebuild.command.js';
import type { reconcile } from './cli/reconcile.command.js';
import type { verify } from './cli/verify.command.js';
import { storeFaultOf } from './eventing/store-faults.js';
import { NAMED_MAPPINGS } from './orders/import/named-mappings.js';
import { DataFolderError, keepToOurselves } from './shared/data-folder.js';

const program = new Command('backhaul')
  .description(
    'Event-sourced product returns. Commands open DATA_DIR (./data) themselves, which one process at a time may do. ' +
      'While the service runs: import, demo, verify, providers, reconcile and export work on it with --url and --key; keys and openapi work beside it; rebuild and seal need it stopped.',
  )
  .showHelpAfterError('(add --help for what it takes)');

const remote = (command: Command): Command =>
  command
    .option('--url <url>', 'a running service, e.g. http://localhost:3000; without it the command opens DATA_DIR itself')
    .option('--key <key>', 'API key for --url', process.env['BACKHAUL_KEY']);

remote(program.command('import <file>'))
  .description('register the orders of a CSV or NDJSON file; running it again changes nothing')
  .option(
    '--mapping <mapping>',
    `what the columns hold: ${[...NAMED_MAPPINGS.keys()].join(', ')}, or JSON (docs/integration.md); generic for CSV, whole orders for NDJSON`,
  )
  .option('--charset <name>', 'what the file is written in, e.g. windows-1252; UTF-8, or what its byte order mark says, without it')
  .option('--dry-run', 'check everything and write nothing')
  .option('--refused <file>', 'write what was refused there, to be mended and imported again')
  .option('--ids-as-written', 'take ids that a spreadsheet seems to have spoiled (4.50123E+12) as they are', false)
  .action(async (...given: Parameters<typeof importOrders>) => (await import('./cli/import.command.js')).importOrders(...given));

remote(program.command('demo'))
  .description(
    'import orders, send the listed ones back whole and see every refund paid; with no files a small made-up shop. The policy is opened for old orders on DATA_DIR only, never on --url',
  )
  .option('--orders <file>', 'CSV of order lines')
  .option('--returns <file>', 'CSV with a column "Order ID": the orders that come back')
  .option('--mapping <mapping>', 'column mapping of --orders', 'superstore')
  .action(async (...given: Parameters<typeof demo>) => (await import('./cli/demo.command.js')).demo(...given));

program
  .command('rebuild [view]')
  .description(
    'build a view (or all of them) anew from the log, beside the old one; stop the service first, or use POST /v1/views/{name}/rebuild',
  )
  .action(async (...given: Parameters<typeof rebuild>) => (await import('./cli/rebuild.command.js')).rebuild(...given));
remote(program.command('verify'))
  .description('check files (without --url), log, views, money and what the log refers to; exit 1 if anything differs')
  .action(async (...given: Parameters<typeof verify>) => (await import('./cli/verify.command.js')).verify(...given));
remote(program.command('providers'))
  .description('ask payment providers, carriers and the mail server whether they let us in, and say what waits there; exit 1 if one fails')
  .action(async (...given: Parameters<typeof providers>) => (await import('./cli/providers.command.js')).providers(...given));
remote(program.command('reconcile'))
  .description("compare our refunds with the payment providers' own lists; exit 1 if anything differs. Moves no money")
  .option('--provider <id>', 'only this one')
  .option('--days <days>', 'how far back their lists are read', wholeFrom1To(365), 30)
  .action(async (...given: Parameters<typeof reconcile>) => (await import('./cli/reconcile.command.js')).reconcile(...given));
program
  .command('seal')
  .description('give the events of a log from an older release their digests, once; with the service stopped')
  .action(async () => (await import('./cli/seal.command.js')).seal());
remote(program.command('export'))
  .description('write every event as NDJSON, in log order, each checked against its digest; exit 1 if one differs')
  .option('--out <file>', 'file to write; standard output without it')
  .option('--stream <id>', 'only this stream, e.g. returns-A-1')
  .action(async (...given: Parameters<typeof exportLog>) => (await import('./cli/export.command.js')).exportLog(...given));
program
  .command('openapi')
  .description('print the OpenAPI description of the API, for generating a client')
  .action(async () => (await import('./cli/openapi.command.js')).printOpenApi());

const keys = program.command('keys').description('API keys of this data folder, also while the service runs on it');
keys
  .command('list')
  .description('every key: id, role, label, whether it is revoked')
  .action(async () => (await import('./cli/keys.command.js')).listKeys());
keys
  .command('create')
  .description('make a key; it is shown once and stored hashed')
  .requiredOption('--role <role>', 'shop, warehouse, finance or admin', oneOf(['shop', 'warehouse', 'finance', 'admin']))
  .option('--label <label>', 'what it is for', '')
  .action(async (...given: Parameters<typeof createKey>) => (await import('./cli/keys.command.js')).createKey(...given));
keys
  .command('revoke <id>')
  .description('a revoked key lets nobody in any more')
  .action(async (...given: Parameters<typeof revokeKey>) => (await import('./cli/keys.command.js')).revokeKey(...given));

keepToOurselves();
try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${inWords(error instanceof DataFolderError ? error : (storeFaultOf(error) ?? error))}\n`);
  process.exitCode = 1;
}

/** What `fetch` failed of stands in the cause. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function wholeFrom1To(max: number) {
  return (text: string): number => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || number > max) throw new InvalidArgumentError(`It must be a whole number from 1 to ${max}.`);
    return number;
  };
}

function oneOf<Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of ${values.join(', ')}.`);
    return found;
  };
}
