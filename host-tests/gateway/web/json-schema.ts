type Json = Record<string, unknown>;

const keywords = new Set([
  ...['$ref', 'type', 'enum', 'const', 'properties', 'required', 'additionalProperties', 'items', 'oneOf'],
  ...['minimum', 'maximum', 'pattern', 'minItems', 'maxItems', 'description', 'default'],
]);

/** What is wrong with a value by a JSON schema, as sentences; the keywords that our document uses and no others. */
export function problems(schema: unknown, value: unknown, document: Json, path = '$'): string[] {
  const s = schema as Json;
  const stranger = Object.keys(s).find((key) => !keywords.has(key));
  if (stranger !== undefined) throw new Error(`${path}: the keyword ${stranger} is not known here`);
  const wrong = (what: string): string[] => [`${path}: expected ${what}, got ${JSON.stringify(value)}`];
  if (s.$ref !== undefined) return problems(resolve(s.$ref as string, document), value, document, path);
  if (s.oneOf) {
    const fitting = (s.oneOf as unknown[]).filter((one) => problems(one, value, document).length === 0);
    return fitting.length === 1 ? [] : wrong('one of the alternatives');
  }
  if ('const' in s) return value === s.const ? [] : wrong(JSON.stringify(s.const));
  if (s.enum) return (s.enum as unknown[]).includes(value) ? [] : wrong(`one of ${String(s.enum)}`);
  const types = s.type === undefined ? [] : [s.type].flat();
  if (types.length > 0 && !types.some((type) => isA(type as string, value))) return wrong(types.join(' or '));
  if (typeof value === 'number') {
    if (typeof s.minimum === 'number' && value < s.minimum) return wrong(`at least ${s.minimum}`);
    if (typeof s.maximum === 'number' && value > s.maximum) return wrong(`at most ${s.maximum}`);
  }
  if (typeof value === 'string' && s.pattern !== undefined)
    return new RegExp(s.pattern as string).test(value) ? [] : wrong(s.pattern as string);
  if (Array.isArray(value)) {
    if (typeof s.minItems === 'number' && value.length < s.minItems) return wrong('more items');
    if (typeof s.maxItems === 'number' && value.length > s.maxItems) return wrong('fewer items');
    return value.flatMap((item, index) => problems(s.items ?? {}, item, document, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const object = value as Json;
  const properties = (s.properties ?? {}) as Json;
  const missing = ((s.required ?? []) as string[]).filter((name) => !(name in object));
  return [
    ...missing.map((name) => `${path}: ${name} is missing`),
    ...Object.entries(object).flatMap(([name, item]) => {
      const of = properties[name] ?? s.additionalProperties ?? {};
      return of === false
        ? [`${path}: ${name} is not described`]
        : problems(of, item, document, `${path}.${name}`);
    }),
  ];
}

export function resolve(ref: string, document: Json): unknown {
  const found = ref
    .slice(2)
    .split('/')
    .reduce<unknown>((at, name) => (at as Json | undefined)?.[name], document);
  if (found === undefined) throw new Error(`${ref} is not in the document`);
  return found;
}

function isA(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
