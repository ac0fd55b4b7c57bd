import { describe, expect, it } from 'vitest';
import { bundledThesaurus } from '../../electron/engine/library/modelFiles.ts';
import { Thesaurus } from '../../models/text/thesaurus.ts';

describe('a thesaurus', () => {
  // A diamond (an amphibian car is a car and a boat), and a meaning that stands below a narrower one.
  const thesaurus = new Thesaurus(
    [
      '\tvehicle',
      '1\tcar automobile',
      '2\tboat',
      '2 1\tamphibian',
      '-1\tgosling',
      '\tgoose/geese',
      '1\tfairy_goose',
    ].join('\n'),
  );
  const covered = (word: string, others: string[]): string[] => others.filter(thesaurus.covering(word));

  it('has kinds of kinds, words of the same meaning, and both numbers of all', () => {
    expect(
      covered('vehicle', ['car', 'cars', 'automobile', 'amphibians', 'boats', 'vehicles', 'goose']),
    ).toEqual(['car', 'cars', 'automobile', 'amphibians', 'boats', 'vehicles']);
    expect(covered('boats', ['boat', 'amphibian', 'car', 'vehicle'])).toEqual(['boat', 'amphibian']);
    expect(covered('car', ['automobile', 'cars', 'vehicle', 'boat'])).toEqual(['automobile', 'cars']);
  });

  it('knows plurals that no rule makes, and phrases', () => {
    expect(covered('goose', ['geese', 'gosling', 'goslings', 'fairy_goose'])).toEqual([
      'geese',
      'gosling',
      'goslings',
      'fairy_goose',
    ]);
    expect(covered('geese', ['goose', 'gosling'])).toEqual(['goose', 'gosling']);
  });

  it('never has the word itself, and nothing for a word that it lacks', () => {
    expect(covered('car', ['car'])).toEqual([]);
    expect(covered('zorro', ['car', 'zorros', 'zorro'])).toEqual([]);
  });

  it('names a line that cannot be', () => {
    expect(() => new Thesaurus('\tvehicle\n5\tcar')).toThrow(/Line 2/);
  });
});

describe('the bundled thesaurus', () => {
  const words = [
    'man',
    'women',
    'children',
    'dog',
    'duck',
    'seagulls',
    'kite',
    'truck',
    'bananas',
    'banana',
    'puppies',
  ];
  const covered = (word: string): string[] => words.filter(bundledThesaurus().covering(word));

  it('has what people mean, and not the rare meanings of words', () => {
    expect(covered('person')).toEqual(['man', 'women', 'children']);
    expect(covered('people')).toEqual(covered('person'));
    expect(covered('fruit')).toEqual(['bananas', 'banana']);
    expect(covered('dog')).toEqual(['puppies']);
    expect(covered('vehicles')).toEqual(['truck']);
    expect(covered('bird')).toEqual(expect.arrayContaining(['duck', 'seagulls']));
  });
});
