import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { interpretTags, MetadataReader } from '../../native/metadata.ts';
import { picture, temporaryFolder, writeTags } from '../fixtures/pictures.ts';

const reader = new MetadataReader();
afterAll(() => reader.close());

/** Texts as `source: text`, in order. */
const lines = (texts: readonly { source: string; text: string }[]) =>
  texts.map(({ source, text }) => `${source}: ${text}`);

describe('metadata written by exiftool', () => {
  test('comes back from every field, in digiKam’s order', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    await writeTags(
      path,
      '-XMP-digiKam:TagsList=Places/Spain/Barcelona',
      '-XMP-digiKam:TagsList=sun, sea',
      '-XMP-microsoft:LastKeywordXMP=People/Ada',
      '-XMP-lr:HierarchicalSubject=Animals|Cats',
      '-XMP-mediapro:CatalogSets=Trips|2014',
      '-XMP-acdsee:Categories=<Categories><Category Assigned="0">Food<Category Assigned="1">Fish &amp; chips</Category></Category></Categories>',
      '-XMP-dc:Subject=barcelona',
      '-XMP-dc:Subject=beach',
      '-IPTC:Keywords=harbour',
      '-IFD0:XPKeywords=boat;gull',
      '-XMP-dc:Title=The harbour',
      '-IPTC:ObjectName=Harbour by day',
      '-XMP-dc:Description=Boats in the sun',
      '-XMP-exif:UserComment=seen from the pier',
      '-XMP-tiff:ImageDescription=boats',
      '-XMP-acdsee:Notes=a note',
      '-Comment=a comment',
      '-IFD0:ImageDescription=Boats in the sun',
      '-IPTC:Caption-Abstract=an abstract',
    );
    const { texts } = await reader.read(path);
    expect(lines(texts)).toEqual([
      'XMP-dc:Title: The harbour',
      'IPTC:ObjectName: Harbour by day',
      'XMP-dc:Description: Boats in the sun',
      'XMP-exif:UserComment: seen from the pier',
      'XMP-tiff:ImageDescription: boats',
      'XMP-acdsee:Notes: a note',
      'File:Comment: a comment',
      'IPTC:Caption-Abstract: an abstract',
      'XMP-digiKam:TagsList: Places',
      'XMP-digiKam:TagsList: Spain',
      'XMP-digiKam:TagsList: Barcelona',
      'XMP-digiKam:TagsList: sun, sea',
      'XMP-microsoft:LastKeywordXMP: People',
      'XMP-microsoft:LastKeywordXMP: Ada',
      'XMP-lr:HierarchicalSubject: Animals',
      'XMP-lr:HierarchicalSubject: Cats',
      'XMP-mediapro:CatalogSets: Trips',
      'XMP-mediapro:CatalogSets: 2014',
      'XMP-acdsee:Categories: Food',
      'XMP-acdsee:Categories: Fish & chips',
      'XMP-dc:Subject: beach',
      'IPTC:Keywords: harbour',
      'IFD0:XPKeywords: boat',
      'IFD0:XPKeywords: gull',
    ]);
    expect(texts.map(({ kind }) => kind)).toEqual([
      ...Array(2).fill('title'),
      ...Array(6).fill('caption'),
      ...Array(16).fill('keyword'),
    ]);
  });

  test('dates with their zone, places with their side of the globe, and the camera', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    await writeTags(
      path,
      '-ExifIFD:DateTimeOriginal=2014:05:03 12:30:01',
      '-ExifIFD:OffsetTimeOriginal=+02:00',
      '-XMP-photoshop:DateCreated=2011:01:01',
      '-GPSLatitude=33.5',
      '-GPSLatitudeRef=S',
      '-GPSLongitude=70.25',
      '-GPSLongitudeRef=W',
      '-Make=Canon',
      '-Model=Canon EOS 5D',
    );
    expect(await reader.read(path)).toEqual({
      texts: [],
      takenAt: '2014-05-03T12:30:01+02:00',
      latitude: -33.5,
      longitude: -70.25,
      camera: 'Canon EOS 5D',
    });
  });

  test.each(['png', 'webp', 'tiff', 'gif', 'avif'] as const)('is read from %s too', async (format) => {
    const path = join(temporaryFolder(), `photo.${format}`);
    await picture(1).toFormat(format).toFile(path);
    await writeTags(path, '-XMP-dc:Description=Ein Käuzchen 🦉', '-XMP-dc:Subject=owl');
    expect(lines((await reader.read(path)).texts)).toEqual([
      'XMP-dc:Description: Ein Käuzchen 🦉',
      'XMP-dc:Subject: owl',
    ]);
  });

  test('of sidecars comes first and is united with the photo’s', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'photo.jpg');
    const sidecar = join(folder, 'photo.jpg.xmp');
    await picture(1).jpeg().toFile(path);
    await writeTags(
      path,
      '-XMP-dc:Subject=old',
      '-XMP-dc:Subject=both',
      '-ExifIFD:DateTimeOriginal=2000:01:01 00:00:00',
    );
    await writeTags(
      sidecar,
      '-XMP-dc:Subject=both',
      '-XMP-dc:Subject=new',
      '-XMP-exif:DateTimeOriginal=2014:05:03 12:30:01',
      '-XMP-exif:GPSLatitude=48 12 0 S',
      '-XMP-exif:GPSLongitude=16 22 30 W',
    );
    const united = await reader.read(path, [sidecar]);
    expect(lines(united.texts)).toEqual([
      'XMP-dc:Subject: both',
      'XMP-dc:Subject: new',
      'XMP-dc:Subject: old',
    ]);
    expect(united).toMatchObject({ takenAt: '2014-05-03T12:30:01', latitude: -48.2, longitude: -16.375 });
    const alone = await reader.read(null, [sidecar]);
    expect(lines(alone.texts)).toEqual(['XMP-dc:Subject: both', 'XMP-dc:Subject: new']);
  });

  test('a file that exiftool cannot read is an error of that file only', async () => {
    const folder = temporaryFolder();
    await expect(reader.read(join(folder, 'gone.jpg'))).rejects.toThrow(/gone\.jpg|not found|ENOENT/i);
    const path = join(folder, 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    expect((await reader.read(path)).texts).toEqual([]);
  });
});

describe('what tags mean', () => {
  const texts = (tags: Record<string, unknown>) => lines(interpretTags([tags]).texts);

  test('a single string with commas is a list that a program joined; a comma in a list is the user’s', () => {
    expect(texts({ 'IPTC:Keywords': 'dog, beach ; sun' })).toEqual([
      'IPTC:Keywords: dog',
      'IPTC:Keywords: beach',
      'IPTC:Keywords: sun',
    ]);
    expect(texts({ 'IPTC:Keywords': ['Paris, Texas', 'sun'] })).toEqual([
      'IPTC:Keywords: Paris, Texas',
      'IPTC:Keywords: sun',
    ]);
  });

  test('numbers and truth values are words like any other', () => {
    expect(texts({ 'XMP-dc:Subject': [2014, true], 'XMP-dc:Title': 7 })).toEqual([
      'XMP-dc:Title: 7',
      'XMP-dc:Subject: 2014',
      'XMP-dc:Subject: true',
    ]);
  });

  test('what cameras and programs write by themselves is nobody’s caption', () => {
    for (const noise of [
      'OLYMPUS DIGITAL CAMERA',
      'SONY DSC',
      'CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90',
      'Created with GIMP',
      'DCIM',
      '   ',
      '(Binary data 3000 bytes, use -b option to extract)',
    ])
      expect([noise, texts({ 'File:Comment': noise, 'IFD0:ImageDescription': noise })]).toEqual([noise, []]);
    expect(texts({ 'IFD0:ImageDescription': 'My camera on the beach' })).toHaveLength(1);
  });

  test('the same words in another spelling of Unicode are the same words', () => {
    expect(texts({ 'XMP-dc:Subject': ['Café', 'Cafe\u0301'] })).toEqual(['XMP-dc:Subject: Café']);
  });

  test.each([
    [{ 'ExifIFD:DateTimeOriginal': '2014:05:03 12:30:01' }, '2014-05-03T12:30:01'],
    [{ 'XMP-photoshop:DateCreated': '2014:05:03' }, '2014-05-03T00:00:00'],
    [{ 'XMP-xmp:CreateDate': '2014:05:03 12:30:01.25Z' }, '2014-05-03T12:30:01Z'],
    [{ 'XMP-exif:DateTimeOriginal': '2014:05:03 12:30-03:30' }, '2014-05-03T12:30:00-03:30'],
    // Clocks that were never set, and dates that no calendar has.
    [{ 'ExifIFD:DateTimeOriginal': '0000:00:00 00:00:00' }, null],
    [{ 'ExifIFD:DateTimeOriginal': '2014:02:30 10:00:00' }, null],
    [{ 'ExifIFD:DateTimeOriginal': '    :  :     :  :  ' }, null],
    [
      { 'ExifIFD:DateTimeOriginal': '0000:00:00 00:00:00', 'XMP-photoshop:DateCreated': '2014:05:03' },
      '2014-05-03T00:00:00',
    ],
  ])('%j was taken at %s', (tags, takenAt) => {
    expect(interpretTags([tags]).takenAt).toBe(takenAt);
  });

  test('a receiver without a fix says nowhere', () => {
    const place = (latitude: unknown, longitude: unknown) =>
      interpretTags([{ 'Composite:GPSLatitude': latitude, 'Composite:GPSLongitude': longitude }]).latitude;
    expect([place(0, 0), place(91, 10), place(undefined, 10), place('', ''), place(0, 10)]).toEqual([
      null,
      null,
      null,
      null,
      0,
    ]);
  });

  test('the maker is not named twice', () => {
    const camera = (make: string, model: string) =>
      interpretTags([{ 'IFD0:Make': make, 'IFD0:Model': model }]).camera;
    expect(camera('NIKON CORPORATION', 'NIKON D90')).toBe('NIKON D90');
    expect(camera('Apple', 'iPhone 6')).toBe('Apple iPhone 6');
    expect(camera('', ' ')).toBeNull();
  });
});
