/**
 * The words that say nothing about what is in a picture, and are left out of tokens: English function words, and what the web
 * writes around pictures. Words of sight are kept: the tests hold a list of colours, places and things against this set.
 */
import { eng } from 'stopword';

/** Function words that the list of the package `stopword` lacks. */
const functionWords =
  'am does doing done having she hers herself himself its itself mine myself ours ourselves themselves theirs yours ' +
  'yourself yourselves whom whose why will shall let not no nor so just onto upon';

/** What a caption says about being a caption, a file or a post, and not about the picture. */
const webWords =
  'rt via http https www com html href nbsp quot photo photos photograph photographs photography picture pictures pic pics ' +
  'image images img imgs dsc dscn dscf pxl jpg jpeg png heic gif flickr instagram insta ig facebook fb twitter tumblr ' +
  'pinterest snapchat tiktok instagood instadaily instamood instalike instapic instaphoto igers igdaily iphoneography ' +
  'photooftheday picoftheday pictureoftheday tbt repost regram nofilter follow followme ' +
  'follow4follow followforfollow like4like likeforlike likes l4l f4f tagsforlikes hashtag';

/** English function words and the web's words about pictures, in lower case. */
export const stopWords: ReadonlySet<string> = new Set([
  ...eng,
  ...functionWords.split(' '),
  ...webWords.split(' '),
]);
