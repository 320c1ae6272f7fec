import type Database from 'libsql';

/**
 * A boolean or null as the only parameter would end the whole process: libsql 0.5.29 panics. Numbers arrive as REAL,
 * which a column of whole numbers turns back; a division of whole numbers needs a cast.
 */
export type Parameter = number | string;

/*
 * Each function has a statement of its own. One that `all` has used must not be used by `get`: libsql 0.5.29 then
 * leaves the former parameters bound.
 */

export function queryOne<Row extends unknown[]>(
  db: Database.Database,
  sql: string,
): (...parameters: Parameter[]) => Row | undefined {
  const statement = db.prepare(sql).raw();
  return (...parameters) => statement.get(parameters) as Row | undefined;
}

export function queryAll<Row extends unknown[]>(
  db: Database.Database,
  sql: string,
): (...parameters: Parameter[]) => Row[] {
  const statement = db.prepare(sql).raw();
  return (...parameters) => statement.all(parameters) as Row[];
}

export function command(
  db: Database.Database,
  sql: string,
): (...parameters: Parameter[]) => { changes: number; lastInsertRowid: number | bigint } {
  const statement = db.prepare(sql);
  return (...parameters) => statement.run(parameters);
}
