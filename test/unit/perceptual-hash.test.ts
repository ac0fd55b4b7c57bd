import sharp from 'sharp';
import { expect, test } from 'vitest';
import { drawScene, planAlbum } from '../../electron/engine/sample/scenes.ts';
import { HASH_BYTES, hashDistance, nearHashes, perceptualHash } from '../../models/vision/perceptualHash.ts';
import { renderSvg } from '../../native/drawing.ts';
import { decodePhoto } from '../../native/image.ts';

async function hashOf(input: Uint8Array): Promise<Uint8Array> {
  const { pixels, width, height } = (await decodePhoto({ input })).network;
  return perceptualHash(pixels, width, height);
}

const [original, ...others] = (await Promise.all(
  planAlbum(40, 1)
    .filter((_, at) => at % 8 === 0)
    .map((scene) => renderSvg(drawScene(scene).svg, 90)),
)) as [Buffer, ...Buffer[]];

test('copies of a picture differ in a few bits, other pictures in many', async () => {
  const hash = await hashOf(original);
  expect(hash).toHaveLength(HASH_BYTES);
  const { width, height } = await sharp(original).metadata();
  const copies = [
    sharp(original).resize(200),
    sharp(original).jpeg({ quality: 30 }),
    sharp(original).modulate({ brightness: 1.2 }),
    sharp(original).greyscale(),
    sharp(original).extract({ left: 6, top: 5, width: width - 13, height: height - 11 }),
  ];
  for (const copy of copies)
    expect(hashDistance(hash, await hashOf(await copy.jpeg().toBuffer()))).toBeLessThanOrEqual(10);
  for (const other of others) expect(hashDistance(hash, await hashOf(other))).toBeGreaterThan(14);
});

test('a picture of one colour is like no other', async () => {
  const plain = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#a0522d' } })
    .jpeg()
    .toBuffer();
  const hash = await hashOf(plain);
  expect([...hash]).toEqual(new Array(HASH_BYTES).fill(0));
  const both = Buffer.concat([hash, hash]);
  expect([...nearHashes(both, 10)].flat()).toEqual([]);
});

test('all near pairs are found, each once, as by comparing every pair', () => {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed >>> 8;
  };
  const count = 600;
  const hashes = new Uint8Array(count * HASH_BYTES);
  for (let at = 0; at < hashes.length; at++) hashes[at] = random();
  // Every third one is a copy of another with some bits turned, up to more than the radius.
  for (let copy = 3; copy < count; copy += 3) {
    const from = (random() % copy) * HASH_BYTES;
    hashes.copyWithin(copy * HASH_BYTES, from, from + HASH_BYTES);
    for (let turned = random() % 14; turned > 0; turned--) {
      const bit = random() % 64;
      const at = copy * HASH_BYTES + (bit >> 3);
      hashes[at] = hashes[at]! ^ (1 << (bit & 7));
    }
  }
  const every: string[] = [];
  for (let one = 0; one < count; one++)
    for (let other = one + 1; other < count; other++) {
      const at = (row: number) => hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES);
      const distance = hashDistance(at(one), at(other));
      if (distance <= 10) every.push(`${one} ${other} ${distance}`);
    }
  const found = [...nearHashes(hashes, 10, 50)].flat().map((pair) => pair.join(' '));
  expect(every.length).toBeGreaterThan(100);
  expect(found.sort()).toEqual(every.sort());
});
