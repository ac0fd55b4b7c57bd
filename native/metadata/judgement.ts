/** How people judged a photo: stars, a coloured label, picked or rejected. */
import { number, strings, type Tags, trimmed } from './tags.ts';

/** Chosen from many, or sorted out. */
export type Flag = 'picked' | 'rejected';

/** Stars; the first field that holds a number decides. A percentage is Microsoft's. */
const RATING_FIELDS: readonly { source: string; percent?: true }[] = [
  { source: 'XMP-xmp:Rating' },
  { source: 'XMP-acdsee:Rating' },
  { source: 'XMP-microsoft:RatingPercent', percent: true },
  { source: 'IFD0:Rating' },
  { source: 'IFD0:RatingPercent', percent: true },
];
const LABEL = 'XMP-xmp:Label';
const DIGIKAM_LABEL = 'XMP-digiKam:ColorLabel';
const URGENCY = 'XMP-photoshop:Urgency';
const PICK = 'XMP-xmpDM:Pick';
const DIGIKAM_PICK = 'XMP-digiKam:PickLabel';

export const JUDGEMENT_FIELDS: readonly string[] = [
  ...RATING_FIELDS.map(({ source }) => source),
  ...[LABEL, DIGIKAM_LABEL, URGENCY, PICK, DIGIKAM_PICK],
];

/** Stars from 1 to 5, −1 for a rejected photo, 0 for none; null if no field says. See [Note: facts of a photo]. */
export function rating(tags: Tags): number | null {
  for (const { source, percent } of RATING_FIELDS) {
    const value = number(tags[source]);
    if (value === null || value < -1 || value > (percent ? 100 : 5)) continue;
    // Windows writes 1, 25, 50, 75 and 99 for one to five stars.
    if (percent) return value < 1 ? 0 : Math.min(5, 1 + Math.round(value / 25));
    return Math.round(value);
  }
  return null;
}

/**
 * The colours of labels, in the order of digiKam's numbers from 1 on; Nikon's programs and digiKam itself write the same into the
 * urgency. A label's text is whatever the program calls its colour: Lightroom in the user's language, Bridge by what is to be done with
 * the photo. In the languages that Photolex reads.
 */
const NAMED = {
  red: 'red rot rouge rojo rosso vermelho vermell rood select',
  orange: 'orange naranja arancione laranja taronja oranje',
  yellow: 'yellow gelb jaune amarillo giallo amarelo groc geel second',
  green: 'green grün vert verde verd groen approved',
  blue: 'blue cyan blau bleu azul blu blauw review',
  purple: 'purple magenta violet lila violett morado púrpura viola roxo porpra paars todo',
  grey: 'grey gray grau gris grigio cinza grijs',
  black: 'black schwarz noir negro nero preto negre zwart',
  white: 'white weiß blanc blanco bianco branco wit',
} as const;

/** The colours of labels, as Lightroom and digiKam together have them. */
export type LabelColour = keyof typeof NAMED;
const COLOURS = Object.keys(NAMED) as LabelColour[];

/** The colour of a photo's label, `none` if it was taken away; null if no field says, or its text names no colour. */
export function label(tags: Tags): LabelColour | 'none' | null {
  const name = trimmed(strings(tags[LABEL])[0] ?? '').toLowerCase();
  const named = COLOURS.find((colour) => NAMED[colour].split(' ').includes(name.replace(/\s/, '')));
  if (named) return named;
  for (const field of [DIGIKAM_LABEL, URGENCY]) {
    const value = number(tags[field]);
    if (value !== null) return COLOURS[value - 1] ?? 'none';
  }
  return null;
}

/** Whether a photo was picked or rejected, `none` if that was taken back; null if no field says. */
export function flag(tags: Tags): Flag | 'none' | null {
  const pick = number(tags[PICK]);
  if (pick !== null && Math.abs(pick) <= 1) return pick === 0 ? 'none' : pick > 0 ? 'picked' : 'rejected';
  // digiKam's 2 is for photos that still wait.
  const pickLabel = number(tags[DIGIKAM_PICK]);
  if (pickLabel === null) return null;
  return pickLabel === 3 ? 'picked' : pickLabel === 1 ? 'rejected' : 'none';
}
