/** Emmett behind Express: `POST /orders/:orderId/returns` on the store that `STORE` names, a file or a `postgresql://` URL. */
import 'reflect-metadata';
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { CommandHandler } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import { plainToInstance, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import express from 'express';
import { evolve, file, initialState, present } from './filing.mjs';

const decorate = (of, rules) => {
  for (const [name, decorators] of Object.entries(rules)) for (const each of decorators) each(of.prototype, name);
};
class Line {}
decorate(Line, {
  lineId: [IsString(), MaxLength(100)],
  quantity: [IsInt(), Min(1), Max(1000)],
  reason: [IsString(), MaxLength(100)],
  condition: [IsIn(['unopened', 'opened', 'used', 'damaged'])],
});
class Filing {}
decorate(Filing, {
  lines: [IsArray(), ArrayMinSize(1), ArrayMaxSize(100), ValidateNested({ each: true }), Type(() => Line)],
  outcome: [IsIn(['original_payment', 'store_credit', 'exchange'])],
  method: [IsIn(['own_shipping', 'label', 'pickup'])],
});
const RULES = { whitelist: true, forbidNonWhitelisted: true };

/** SQLite has one connection, and a transaction on it is not for others to step into. */
function inLine() {
  let before = Promise.resolve();
  return (task) => {
    const turn = before.then(task);
    before = turn.catch(() => undefined);
    return turn;
  };
}

async function openStore(where) {
  if (where.startsWith('postgresql:')) return { store: getPostgreSQLEventStore(where), inTurn: (task) => task() };
  const connection = sqliteConnection({ fileName: where });
  await connection.command('PRAGMA synchronous = FULL');
  return { store: getSQLiteEventStore({ fileName: where, connectionOptions: { singleton: true, connection } }), inTurn: inLine() };
}

const { store, inTurn } = await openStore(process.env.STORE);
const handle = CommandHandler({ evolve, initialState });
const digestOf = (text) => createHash('sha256').update(text).digest();
const key = digestOf(`Bearer ${process.env.API_KEY}`);

const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.use(express.json());
app.use(({ headers }, response, next) =>
  timingSafeEqual(digestOf(headers.authorization ?? ''), key) ? next() : response.status(401).json({ title: 'Who are you?' }),
);
app.put('/orders/:orderId', (request, response, next) => {
  const registered = { type: 'OrderRegistered', data: request.body };
  inTurn(() => store.appendToStream(`returns-${request.params.orderId}`, [registered], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' }))
    .then(() => response.status(201).json({}))
    .catch(next);
});
app.post('/orders/:orderId/returns', (request, response, next) => {
  const filing = plainToInstance(Filing, request.body);
  const faults = validateSync(filing, RULES);
  if (faults.length > 0) return response.status(400).json({ title: 'Not as documented', faults });
  const { orderId } = request.params;
  const commandId = request.headers['idempotency-key'] ?? randomUUID();
  const command = { ...filing, orderId, at: new Date().toISOString(), commandId };
  // The handler reads the stream, decides and appends at the version it has read.
  inTurn(() => handle(store, `returns-${orderId}`, (state) => file(command, state)))
    .then(({ newState, nextExpectedStreamVersion }) => {
      response.set('etag', `"${nextExpectedStreamVersion}"`).json(present(newState, orderId, Number(nextExpectedStreamVersion)));
    })
    .catch(next);
});
app.use((error, _request, response, _next) => response.status(error.errorCode ?? 500).json({ title: String(error.message) }));
const server = app.listen(0, '127.0.0.1', () => process.send({ answer: `http://127.0.0.1:${server.address().port}` }));
process.on('disconnect', () => process.exit());
