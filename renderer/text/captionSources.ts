/** Where words for photos come from, for those who have none yet. */
export const captionSources =
  'Captions and keywords are read from the photos, from exports of Instagram, Facebook, Flickr and Google Takeout, and from a captions.tsv beside the photos.';
