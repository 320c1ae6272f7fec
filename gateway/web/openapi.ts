import { kitCommands } from '../commands';
import { schemas } from './openapi-schemas';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of the HTTP API. */
export function openApi(version: string): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lamplighter gateway',
      version,
      description:
        'Readings of sensors and kits, their history, and commands to kits. Times are milliseconds since 1970 (UTC) ' +
        'where their name ends in Ms. Every error is a JSON object with `error`, a sentence, and `field` where one is wrong.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    security: [{ session: [] }, { basic: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'lamplighter_session' },
        basic: { type: 'http', scheme: 'basic' },
      },
    },
  };
}

const open: Json[] = [];
const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const json = (description: string, schema: Json): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const refusal = (description: string): Json => json(description, ref('Problem'));

/** What any route may answer beside its own. */
const usual = {
  401: refusal('Nobody is logged in, or user or password is wrong.'),
  403: refusal('The user may not do this, or the request comes from a page of another site.'),
  429: refusal('Too many wrong passwords, or too many readings; Retry-After says when to come back.'),
};
const malformed = { 400: refusal('A parameter or a field is wrong; `field` names it.') };
const tooLarge = { 413: refusal('The body is longer than 256 KiB.') };
const unknownSensor = { 404: refusal('This sensor has never reported.') };

const sensorId: Json = {
  name: 'id',
  in: 'path',
  required: true,
  description: '`sensor_id`; `kit_<kit>` for a kit.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' },
};

const fromTo: Json[] = [
  ['from', 'First moment, included'],
  ['to', 'Last moment, included'],
].map(([name, what]) => ({
  name,
  in: 'query',
  description: `${what}: ISO 8601 (\`2026-05-01T12:30:00+09:00\`; UTC without an offset), or seconds since 1970, or milliseconds (from 1e11 on).`,
  schema: { type: 'string' },
}));

function whole(name: string, description: string, minimum: number, maximum: number, otherwise: number): Json {
  return {
    name,
    in: 'query',
    description,
    schema: { type: 'integer', minimum, maximum, default: otherwise },
  };
}

const body = (schema: Json): Json => ({ required: true, content: { 'application/json': { schema } } });

const paths: Json = {
  '/api/session': {
    get: {
      summary: 'Who is logged in',
      security: open,
      responses: { 200: json('The session.', ref('Session')), ...usual },
    },
  },
  '/api/login': {
    post: {
      summary: 'Log in',
      description: 'Only users with the role `controller`. Sets the cookie of the session.',
      security: open,
      requestBody: body({
        type: 'object',
        required: ['user', 'password'],
        properties: { user: { type: 'string' }, password: { type: 'string' } },
      }),
      responses: { 200: json('The session.', ref('Session')), ...malformed, ...tooLarge, ...usual },
    },
  },
  '/api/logout': {
    post: {
      summary: 'Log out',
      security: open,
      responses: { 200: json('The session is over.', ref('Session')), ...usual },
    },
  },
  '/api/sensors': {
    get: {
      summary: 'Every sensor and kit with its newest values',
      responses: {
        200: json('The sensors.', {
          type: 'object',
          required: ['sensors'],
          properties: { sensors: { type: 'array', items: ref('Sensor') } },
          additionalProperties: false,
        }),
        ...malformed,
        ...usual,
      },
    },
  },
  '/api/sensors/{id}': {
    get: {
      summary: 'One sensor with its newest values',
      parameters: [sensorId],
      responses: { 200: json('The sensor.', ref('Sensor')), ...unknownSensor, ...usual },
    },
  },
  '/api/sensors/{id}/data': {
    post: {
      summary: 'Report one reading, or a batch of 1 to 500',
      description:
        'All of a batch is stored or nothing. With an Idempotency-Key the answer comes when it is on disk, and a batch ' +
        'that is sent again with the same key counts once.',
      parameters: [
        sensorId,
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'Names the batch among those of this sensor.',
          schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
        },
      ],
      requestBody: body({
        oneOf: [ref('Report'), { type: 'array', minItems: 1, maxItems: 500, items: ref('Report') }],
      }),
      responses: {
        201: json('What was stored.', ref('Stored')),
        ...malformed,
        ...tooLarge,
        ...usual,
        503: refusal('There is no room for it now.'),
      },
    },
    get: {
      summary: 'Readings from the history, newest last',
      parameters: [sensorId, ...fromTo, whole('limit', 'The newest so many.', 1, 10_000, 1000)],
      responses: {
        200: json('The readings.', ref('Readings')),
        ...malformed,
        ...unknownSensor,
        ...usual,
      },
    },
  },
  '/api/sensors/{id}/series': {
    get: {
      summary: 'One value over time, for a chart',
      description: 'The readings as they are when there are few, else means over minutes or hours.',
      parameters: [
        sensorId,
        {
          name: 'name',
          in: 'query',
          required: true,
          description: 'A numeric value, such as `temperature`.',
          schema: { type: 'string' },
        },
        ...fromTo,
        whole('points', 'At most so many.', 2, 2000, 500),
      ],
      responses: { 200: json('The points.', ref('Series')), ...malformed, ...unknownSensor, ...usual },
    },
  },
  '/api/sensors/{id}/config': {
    get: {
      summary: 'What is set for a sensor',
      parameters: [sensorId],
      responses: {
        200: json('The configuration; the defaults when nothing was set.', ref('Config')),
        ...unknownSensor,
        ...usual,
      },
    },
    put: {
      summary: 'Set the interval and the thresholds of a sensor',
      parameters: [sensorId],
      requestBody: body(ref('ConfigInput')),
      responses: {
        200: json('The configuration.', ref('Config')),
        ...malformed,
        ...unknownSensor,
        ...tooLarge,
        ...usual,
      },
    },
  },
  '/api/kits': {
    get: {
      summary: 'Every kit',
      responses: {
        200: json('The kits.', {
          type: 'object',
          required: ['kits'],
          properties: { kits: { type: 'array', items: ref('Sensor') } },
          additionalProperties: false,
        }),
        ...malformed,
        ...usual,
      },
    },
  },
  '/api/kits/{kit}/commands': {
    post: {
      summary: 'Send a kit a command and wait for its answer',
      parameters: [
        {
          name: 'kit',
          in: 'path',
          required: true,
          schema: { type: 'integer', minimum: 1, maximum: 9999 },
        },
      ],
      requestBody: body({
        type: 'object',
        required: ['command'],
        properties: { command: { enum: kitCommands } },
      }),
      responses: {
        200: json('The answer of the kit.', ref('Answer')),
        ...malformed,
        404: refusal('This kit has never reported.'),
        409: refusal('The kit has refused it, or the command was not sent.'),
        ...tooLarge,
        ...usual,
        503: refusal('There is no connection to the broker.'),
        504: refusal('No answer came within 4 s.'),
      },
    },
  },
  '/api/export.csv': {
    get: {
      summary: 'The history as CSV, oldest first',
      parameters: [
        { ...sensorId, name: 'sensor', in: 'query', required: false, description: 'All when absent.' },
        ...fromTo,
      ],
      responses: {
        200: {
          description: 'A header and a line for each value.',
          content: { 'text/csv': { schema: { type: 'string' } } },
        },
        ...malformed,
        ...unknownSensor,
        ...usual,
        503: refusal('Four exports are under way.'),
      },
    },
  },
  '/api/openapi.json': {
    get: {
      summary: 'This document',
      responses: { 200: json('OpenAPI 3.1.', { type: 'object' }), ...usual },
    },
  },
  '/healthz': {
    get: {
      summary: 'Whether all is well',
      security: open,
      responses: {
        200: json('All is well.', ref('Health')),
        503: json('The broker is away, or readings cannot be written.', ref('Health')),
      },
    },
  },
  '/metrics': {
    get: {
      summary: 'Numbers for Prometheus',
      responses: {
        200: {
          description: 'Text format 0.0.4.',
          content: { 'text/plain': { schema: { type: 'string' } } },
        },
        ...usual,
      },
    },
  },
};
