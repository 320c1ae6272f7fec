type Json = Record<string, unknown>;

const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const text: Json = { type: 'string' };
const number: Json = { type: 'number' };
const flag: Json = { type: 'boolean' };
const moment: Json = { type: 'number', description: 'Milliseconds since 1970.' };
const onOff: Json = { enum: ['ON', 'OFF'] };
const transport: Json = { enum: ['mqtt', 'tcp', 'udp', 'http'] };
const sensor: Json = { type: 'string', pattern: '^[A-Za-z0-9_.:-]{1,64}$' };
const wholeNumber: Json = { type: 'integer', minimum: 0 };

/** An object with these properties and no others; a `?` at the end of a name makes it optional. */
function object(properties: Record<string, Json>, description?: string): Json {
  const names = Object.keys(properties);
  return {
    type: 'object',
    ...(description !== undefined && { description }),
    required: names.filter((name) => !name.endsWith('?')),
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), properties[name]])),
    additionalProperties: false,
  };
}

function list(items: Json): Json {
  return { type: 'array', items };
}

const limits: Json = {
  type: 'object',
  description: 'Limits by the name of the value.',
  additionalProperties: object({ 'min?': number, 'max?': number }),
};

/** What the API takes and answers, in the vocabulary of JSON Schema 2020-12. */
export const schemas: Json = {
  Problem: object({ error: text, 'field?': text }),
  Session: object({ user: { type: ['string', 'null'] }, loginRequired: flag }),
  Values: {
    type: 'object',
    description:
      'Measured values by name: temperature (degrees Celsius), humidity (percent), light (0..1023), ...',
    additionalProperties: { type: ['number', 'boolean', 'string'] },
  },
  Report: {
    type: 'object',
    description:
      'A reading: at least one value, at most 16, beside these. A value that is null could not be read.',
    properties: {
      sensor_id: sensor,
      timestamp: {
        type: ['number', 'null'],
        description: 'When it was measured, in seconds since 1970; now when absent.',
      },
      ageMs: {
        type: ['number', 'null'],
        description: 'Instead: how long ago it was measured, in milliseconds.',
      },
      temperature: { type: ['number', 'null'] },
      humidity: { type: ['number', 'null'] },
      light: { type: ['number', 'null'] },
      unit: { type: ['string', 'null'] },
    },
    additionalProperties: { type: ['number', 'boolean', 'string', 'null'] },
  },
  Stored: object({
    sensor,
    stored: { ...wholeNumber, description: 'Readings stored: 0 when the batch was stored before.' },
    duplicate: flag,
    readings: list(object({ atMs: moment, values: ref('Values') })),
  }),
  Readings: object({
    sensor,
    readings: list(object({ atMs: moment, receivedMs: moment, transport, values: ref('Values') })),
  }),
  Series: object({
    sensor,
    name: text,
    points: list(object({ atMs: moment, mean: number, min: number, max: number, count: wholeNumber })),
  }),
  Config: object({
    interval: { type: 'number', minimum: 1, maximum: 86_400, description: 'Seconds between readings.' },
    thresholds: limits,
  }),
  ConfigInput: object({
    'interval?': { type: 'number', minimum: 1, maximum: 86_400, default: 10 },
    'thresholds?': limits,
  }),
  Sensor: object({
    id: sensor,
    transport,
    seenMs: { ...moment, description: 'When it last reported; 0 for never.' },
    count: { ...wholeNumber, description: 'Readings since the gateway has started.' },
    values: ref('Values'),
    'config?': ref('Config'),
    'kit?': ref('Kit'),
  }),
  Kit: object(
    {
      kit: { type: 'integer', minimum: 1, maximum: 9999 },
      status: { enum: ['online', 'offline', 'safe-mode', 'unknown'] },
      textsOnly: flag,
      'lamp?': onOff,
      'cause?': text,
      'lampEndsMs?': moment,
      'led?': onOff,
      'dark?': flag,
      'board?': text,
      'version?': text,
      'ip?': text,
      'mac?': text,
      'settings?': object({ holdMs: number, darkBelow: number, brightFrom: number, telemetryMs: number }),
    },
    'What the kit has said about itself.',
  ),
  Answer: object({
    outcome: { const: 'ok' },
    'text?': text,
    'lamp?': onOff,
    'led?': onOff,
    'remaining?': number,
  }),
  Health: object({
    ok: flag,
    version: text,
    broker: { enum: ['connected', 'lost'] },
    store: { type: 'string', description: '`ok`, or why readings cannot be written.' },
  }),
};
