import { writeFileSync } from 'node:fs';
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
    const { texts, hierarchies } = await reader.read(path);
    expect(hierarchies.map(({ source, levels }) => `${source}: ${levels.join(' › ')}`)).toEqual([
      'XMP-digiKam:TagsList: Places › Spain › Barcelona',
      'XMP-microsoft:LastKeywordXMP: People › Ada',
      'XMP-lr:HierarchicalSubject: Animals › Cats',
      'XMP-mediapro:CatalogSets: Trips › 2014',
      'XMP-acdsee:Categories: Food › Fish & chips',
    ]);
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
      hierarchies: [],
      facts: {
        takenAt: '2014-05-03T12:30:01+02:00',
        latitude: -33.5,
        longitude: -70.25,
        camera: 'Canon EOS 5D',
        rating: null,
        label: null,
        flag: null,
        place: null,
      },
    });
  });

  test('people come from the regions of faces and from IPTC, and are no keywords then', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    const area = 'Area={X=.5,Y=.5,W=.1,H=.1,Unit=normalized}';
    await writeTags(
      path,
      `-XMP-mwg-rs:RegionInfo={RegionList=[{Name=Ada Lovelace,Type=Face,${area}},{Type=Focus,${area}},{Name=Rex,Type=Pet,${area}},{Name=Bo,${area}}]}`,
      '-XMP-MP:RegionInfoMP={Regions=[{PersonDisplayName=Cy},{PersonDisplayName=ada lovelace}]}',
      '-XMP-iptcExt:PersonInImage=Di',
      '-XMP-iptcExt:PersonInImageWDetails={PersonName=Ed}',
      '-XMP-lr:HierarchicalSubject=Family|Di',
      '-XMP-dc:Subject=Ada Lovelace',
      '-XMP-dc:Subject=beach',
    );
    const { texts, hierarchies } = await reader.read(path);
    expect(texts.map(({ kind, source, text }) => `${kind} ${source}: ${text}`)).toEqual([
      'person XMP-mwg-rs:RegionInfo: Ada Lovelace',
      'person XMP-mwg-rs:RegionInfo: Bo',
      'person XMP-MP:RegionInfoMP: Cy',
      'person XMP-iptcExt:PersonInImage: Di',
      'person XMP-iptcExt:PersonInImageWDetails: Ed',
      'keyword XMP-lr:HierarchicalSubject: Family',
      'keyword XMP-dc:Subject: beach',
    ]);
    expect(hierarchies.map(({ levels }) => levels)).toEqual([['Family', 'Di']]);
  });

  test('what Apple writes into one list of keywords and people cannot be told apart, and is kept', async () => {
    const path = join(temporaryFolder(), 'photo.xmp');
    writeFileSync(
      path,
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
       <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
       <dc:subject><rdf:Seq><rdf:li>beach</rdf:li><rdf:li>Ada</rdf:li><rdf:li>Bo</rdf:li></rdf:Seq></dc:subject>
       <Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Bo</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
       </rdf:Description></rdf:RDF></x:xmpmeta>`,
    );
    const { texts } = await reader.read(null, [path]);
    expect(texts.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'person Bo',
      'keyword beach',
      'keyword Ada',
    ]);
  });

  test('stars, labels and picks come from the fields of many programs', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    await writeTags(path, '-XMP-xmp:Rating=4', '-XMP-xmp:Label=Grün', '-XMP-xmpDM:Pick=1');
    expect((await reader.read(path)).facts).toMatchObject({ rating: 4, label: 'green', flag: 'picked' });
    const sidecar = join(temporaryFolder(), 'photo.xmp');
    await writeTags(sidecar, '-XMP-xmp:Rating=0', '-XMP-digiKam:ColorLabel=0', '-XMP-digiKam:PickLabel=1');
    // The sidecar takes back what the photo says.
    expect((await reader.read(path, [sidecar])).facts).toMatchObject({
      rating: 0,
      label: 'none',
      flag: 'rejected',
    });
    const windows = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(windows);
    await writeTags(windows, '-IFD0:RatingPercent=50', '-XMP-photoshop:Urgency=5');
    expect((await reader.read(windows)).facts).toMatchObject({ rating: 3, label: 'blue', flag: null });
  });

  test('places come from photoshop’s and IPTC’s fields and structures, from small to large', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    await writeTags(path, '-IPTC:City=Barna', '-IPTC:Country-PrimaryLocationName=Spain');
    expect((await reader.read(path)).facts.place).toEqual(['Barna', 'Spain']);
    await writeTags(
      path,
      '-XMP-iptcCore:Location=Gràcia',
      '-XMP-photoshop:City=Barcelona',
      '-XMP-photoshop:State=Barcelona',
      '-XMP-photoshop:Country=Spain',
    );
    expect((await reader.read(path)).facts.place).toEqual(['Gràcia', 'Barcelona', 'Spain']);
    await writeTags(path, '-XMP-iptcExt:LocationCreated={City=Reus,CountryName=Spain,Sublocation=Centre}');
    expect((await reader.read(path)).facts.place).toEqual(['Centre', 'Reus', 'Spain']);
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
    expect(united.facts).toMatchObject({
      takenAt: '2014-05-03T12:30:01',
      latitude: -48.2,
      longitude: -16.375,
    });
    const alone = await reader.read(null, [sidecar]);
    expect(lines(alone.texts)).toEqual(['XMP-dc:Subject: both', 'XMP-dc:Subject: new']);
  });

  test('numbers and truth values are words as they were written', async () => {
    const path = join(temporaryFolder(), 'photo.jpg');
    await picture(1).jpeg().toFile(path);
    const words = ['1.10', '1e3', '2014', '007', 'TRUE'];
    await writeTags(path, ...words.map((word) => `-XMP-dc:Subject=${word}`), '-XMP-dc:Title=1.50');
    expect(lines((await reader.read(path)).texts)).toEqual([
      'XMP-dc:Title: 1.50',
      ...words.map((word) => `XMP-dc:Subject: ${word}`),
    ]);
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
    [{ 'XMP-xmp:Rating': '-1' }, -1],
    [{ 'XMP-xmp:Rating': '7', 'IFD0:Rating': '2' }, 2],
    [{ 'XMP-microsoft:RatingPercent': '1' }, 1],
    [{ 'XMP-microsoft:RatingPercent': '25' }, 2],
    [{ 'XMP-microsoft:RatingPercent': '75' }, 4],
    [{ 'XMP-microsoft:RatingPercent': '99' }, 5],
    [{ 'XMP-microsoft:RatingPercent': '100' }, 5],
    [{ 'XMP-microsoft:RatingPercent': '0' }, 0],
    [{ 'XMP-xmp:Rating': '3.5' }, 4],
    [{ 'XMP-xmp:Rating': '' }, null],
    [{}, null],
  ])('%j are %s stars', (tags, rating) => {
    expect(interpretTags([tags]).facts.rating).toBe(rating);
  });

  test.each([
    [{ 'XMP-xmp:Label': 'Red' }, 'red'],
    [{ 'XMP-xmp:Label': 'To Do' }, 'purple'],
    [{ 'XMP-xmp:Label': 'Púrpura' }, 'purple'],
    [{ 'XMP-xmp:Label': 'Print it', 'XMP-digiKam:ColorLabel': '7' }, 'grey'],
    [{ 'XMP-xmp:Label': 'Print it' }, null],
    [{ 'XMP-digiKam:ColorLabel': '0', 'XMP-photoshop:Urgency': '5' }, 'none'],
    [{ 'XMP-photoshop:Urgency': '1' }, 'red'],
  ])('%j is the label %s', (tags, label) => {
    expect(interpretTags([tags]).facts.label).toBe(label);
  });

  test('a receiver without a fix says nowhere', () => {
    const place = (latitude: unknown, longitude: unknown) =>
      interpretTags([{ 'Composite:GPSLatitude': latitude, 'Composite:GPSLongitude': longitude }]).facts
        .latitude;
    expect([
      place('0', '0'),
      place('91', '10'),
      place(undefined, '10'),
      place('', ''),
      place('0', '10'),
    ]).toEqual([null, null, null, null, 0]);
  });

  test('the maker is not named twice', () => {
    const camera = (make: string, model: string) =>
      interpretTags([{ 'IFD0:Make': make, 'IFD0:Model': model }]).facts.camera;
    expect(camera('NIKON CORPORATION', 'NIKON D90')).toBe('NIKON D90');
    expect(camera('Apple', 'iPhone 6')).toBe('Apple iPhone 6');
    expect(camera('', ' ')).toBeNull();
  });
});
