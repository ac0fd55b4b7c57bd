/** A thread that looks at photos for a training, started by `PictureViews`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../../models/random.ts';
import { cropPixels, drawRegion } from '../../../models/vision/augmentation.ts';
import { imageBatch } from '../../../models/vision/pixels.ts';
import { ImageInference } from '../../../native/backbone.ts';
import { decodeThumbnail, type NetworkInput, networkInput, networkSize } from '../../../native/image.ts';
import type {
  EndRequest,
  SeenView,
  View,
  ViewOptions,
  ViewReply,
  ViewRequest,
} from '../train/pictureViews.ts';

const { crop, side } = workerData as ViewOptions;
const networks = new Map<string, ImageInference>();
let ending = false;

async function pixels({ path, closer, seed }: View): Promise<NetworkInput> {
  const photo = await decodeThumbnail(path).catch((error: Error) => {
    throw new Error(
      `The thumbnail ${path} cannot be read: ${error.message}. Delete it and import its photo’s folder again, which makes it anew.`,
    );
  });
  if (seed === null) return networkInput(photo, closer);
  const size = side === null ? networkSize(photo.width, photo.height) : { width: side, height: side };
  return { ...size, pixels: cropPixels(photo, drawRegion(photo, crop, new Random(seed)), size) };
}

/** `[1, c, h, w]` or `[1, c]`, with the channels last. */
function channelsLast(
  [, channels = 1, height = 1, width = 1]: readonly number[],
  values: Float32Array,
): SeenView {
  const area = height * width;
  if (area === 1) return { shape: [1, 1, channels], values };
  const turned = new Float32Array(values.length);
  for (let channel = 0, from = 0; channel < channels; channel++)
    for (let at = 0; at < area; at++) turned[at * channels + channel] = values[from++]!;
  return { shape: [height, width, channels], values: turned };
}

async function look(view: View, network: string | null): Promise<SeenView> {
  const photo = await pixels(view);
  if (network === null) return { shape: [photo.height, photo.width, 3], values: imageBatch([photo.pixels]) };
  const { shape, values } = await networks.get(network)!.run(photo);
  return channelsLast(shape, values);
}

async function answer(request: ViewRequest): Promise<SeenView[]> {
  if (request.kind === 'network') {
    const { name, bytes, output } = request;
    const before = networks.get(name);
    networks.set(name, await ImageInference.load(bytes, output));
    await before?.release();
    return [];
  }
  const seen: SeenView[] = [];
  // One after the other: its processor is one, and the other threads have their own photos.
  for (const view of request.views) {
    if (ending) break;
    seen.push(await look(view, request.network));
  }
  return seen;
}

const reply = (message: ViewReply, transfer: ArrayBuffer[] = []): void =>
  parentPort!.postMessage(message, transfer);

const serve = async (request: ViewRequest): Promise<void> => {
  if (ending) return;
  try {
    const views = await answer(request);
    // Whoever waits hears that the thread has ended.
    if (ending) return;
    reply(
      { id: request.id, views },
      views.map(({ values }) => values.buffer as ArrayBuffer),
    );
  } catch (error) {
    reply({ id: request.id, error: (error as Error).message });
  }
};

// In the order in which they came: a network that is replaced may still be looked through.
let last = Promise.resolve();
parentPort!.on('message', (request: ViewRequest | EndRequest) => {
  if (request.kind === 'end') {
    ending = true;
    last = last.then(() => process.exit());
  } else last = last.then(() => serve(request));
});
