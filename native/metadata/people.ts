/**
 * People whom programs name in a photo: in the regions of faces that the Metadata Working Group and Microsoft define, and in
 * IPTC's list of persons.
 *
 * [Note: people among keywords] Apple's export writes persons into `dc:subject` between the keywords, and many programs repeat there the
 * names of the faces they know. Nothing in `dc:subject` tells a person from a keyword: that Apple's list is an `rdf:Seq` and not a
 * Bag, exiftool does not pass on, and it holds keywords too. So a name is a person where one of the fields here
 * has it as well, and is then no keyword; a name that stands among keywords alone stays a keyword, and is found as one.
 */
import { strings, structures, type Tags } from './tags.ts';

const REGIONS = 'XMP-mwg-rs:RegionInfo';
const MICROSOFT_REGIONS = 'XMP-MP:RegionInfoMP';
const PERSONS = 'XMP-iptcExt:PersonInImage';
const PERSONS_IN_DETAIL = 'XMP-iptcExt:PersonInImageWDetails';

/** Fields that name people, in the order in which they are read. */
export const PEOPLE_FIELDS: readonly string[] = [REGIONS, MICROSOFT_REGIONS, PERSONS, PERSONS_IN_DETAIL];

/** The names of the people that one of `PEOPLE_FIELDS` has. */
export function people(field: string, tags: Tags): string[] {
  const value = tags[field];
  const named = (structure: Tags, name: string): string[] => strings(structure[name]);
  switch (field) {
    case REGIONS:
      return structures(value)
        .flatMap(({ RegionList }) => structures(RegionList))
        .filter(isPerson)
        .flatMap((region) => named(region, 'Name'));
    case MICROSOFT_REGIONS:
      return structures(value)
        .flatMap(({ Regions }) => structures(Regions))
        .flatMap((region) => named(region, 'PersonDisplayName'));
    case PERSONS_IN_DETAIL:
      return structures(value).flatMap((person) => named(person, 'PersonName'));
    default:
      return strings(value);
  }
}

/** Regions are also of pets, bar codes and what was in focus. Programs that know only faces leave the type out. */
const isPerson = ({ Type }: Tags): boolean => Type === undefined || /^face$/i.test(strings(Type)[0] ?? '');
