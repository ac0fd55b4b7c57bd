/** SQLite as Photolex opens it: the vector extension, float blobs, and the report of slow statements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesVector, openDatabase, type SqliteDatabase, vectorBytes } from '../../native/database.ts';

let folder: string;
let database: SqliteDatabase;
let slow: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'photolex-database-'));
  slow = [];
  database = openDatabase(join(folder, 'test.db'), { onSlow: (_milliseconds, sql) => slow.push(sql) });
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a database', () => {
  it('keeps vectors as they are, whatever their first bytes', () => {
    database.exec(
      'CREATE VIRTUAL TABLE vectors USING vec0(photo INTEGER PRIMARY KEY, vector float[4] distance_metric=cosine)',
    );
    // The first vector's bytes begin with 76 01, which sqlite-vss took for a format of its own.
    const vectors = [
      new Float32Array(Uint8Array.of(0x76, 1, 0, 63, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0).buffer),
      Float32Array.of(0, 1, 0, 0),
    ];
    vectors.forEach((vector, photo) => {
      database
        .prepare('INSERT INTO vectors (photo, vector) VALUES (?, ?)')
        .run(BigInt(photo), vectorBytes(vector));
    });
    const rows = database
      .prepare('SELECT photo, vector, distance FROM vectors WHERE vector MATCH ? AND k = 2 ORDER BY distance')
      .all(vectorBytes(Float32Array.of(1, 0, 0, 0))) as { photo: number; vector: Buffer; distance: number }[];
    expect(rows.map(({ photo }) => photo)).toEqual([0, 1]);
    expect(bytesVector(rows[0]!.vector)).toEqual(vectors[0]);
    expect(rows[1]!.distance).toBeCloseTo(1, 6);
  });

  it('gives a part of a larger array as its own bytes', () => {
    const all = Float32Array.of(1, 2, 3, 4);
    expect(bytesVector(vectorBytes(all.subarray(1, 3)))).toEqual(Float32Array.of(2, 3));
  });

  it('reports a statement that takes long, and only that', () => {
    const count =
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT sum(i) FROM n';
    expect(database.prepare(count).pluck().get()).toBe(4500001500000);
    database.prepare('SELECT 1').get();
    expect(slow).toEqual([count]);
  });

  it('refuses to write when opened for reading', () => {
    const reader = openDatabase(join(folder, 'test.db'), { readonly: true });
    expect(() => reader.exec('CREATE TABLE t (i)')).toThrow(/readonly/);
    reader.close();
  });
});
