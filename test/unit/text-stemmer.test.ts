import { describe, expect, it } from 'vitest';
import { stem } from '../../models/text/porterStemmer.ts';

/** The examples that the paper gives for its rules, as the whole algorithm leaves them. */
const published = `
  caresses caress, ponies poni, ties ti, caress caress, cats cat, feed feed, agreed agre, plastered plaster, bled bled,
  motoring motor, sing sing, conflated conflat, troubled troubl, sized size, hopping hop, tanned tan, falling fall,
  hissing hiss, fizzed fizz, failing fail, filing file, happy happi, sky sky, relational relat, conditional condit,
  rational ration, valenci valenc, hesitanci hesit, digitizer digit, conformabli conform, radicalli radic,
  differentli differ, vileli vile, analogousli analog, vietnamization vietnam, predication predic, operator oper,
  feudalism feudal, decisiveness decis, hopefulness hope, callousness callous, formaliti formal, sensitiviti sensit,
  sensibiliti sensibl, triplicate triplic, formative form, formalize formal, electriciti electr, electrical electr,
  hopeful hope, goodness good, revival reviv, allowance allow, inference infer, airliner airlin, gyroscopic gyroscop,
  adjustable adjust, defensible defens, irritant irrit, replacement replac, adjustment adjust, dependent depend,
  adoption adopt, homologou homolog, communism commun, activate activ, angulariti angular, homologous homolog,
  effective effect, bowdlerize bowdler, probate probat, rate rate, cease ceas, controll control, roll roll,
  generalizations gener, oscillators oscil`;

describe('stem', () => {
  it('stems the examples of the paper', () => {
    for (const line of published.split(',')) {
      const [word, wanted] = line.trim().split(' ');
      expect(stem(word!), word).toBe(wanted);
    }
  });

  it.each([
    ['eed', 'eed'],
    ['ies', 'i'],
    ['sayyed', 'sayi'],
    ['station', 'station'],
    ['nations', 'nation'],
    ['onion', 'onion'],
    ['yes', 'ye'],
    ['toys', 'toi'],
    ['eyeing', 'ey'],
    ['archaeology', 'archaeolog'],
  ])('agrees with its author’s program on %s', (word, wanted) => {
    expect(stem(word)).toBe(wanted);
  });

  it('counts the forms of a word as one', () => {
    for (const forms of [
      'beach beaches',
      'hike hiked hikes hiking',
      'swim swims swimming',
      'party parties',
    ]) {
      expect(new Set(forms.split(' ').map(stem)).size, forms).toBe(1);
    }
  });

  it.each(['', 's', 'is', 'niños', 'straße', 'горами', 'mp3s', 'snow_leopards', "dog's", '🐶'])(
    'leaves %j as it is',
    (word) => {
      expect(stem(word)).toBe(word);
    },
  );
});
