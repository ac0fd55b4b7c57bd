/**
 * `photolex`: every capability from a terminal, over the same engine as the window. Results go to stdout, progress and
 * notices to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { applicationVersion } from '../../native/runtime.ts';
import {
  composeSchema,
  importSourceSchema,
  PhotolexError,
  pixelFormatSchema,
  presets,
  SUGGESTED_FROM,
  suggestedWordsSchema,
  trainInputSchema,
  wordSpaceSchema,
} from '../engine/contract.ts';
import * as commands from './commands.ts';
import * as living from './living.ts';
import { tagActions, tags } from './tags.ts';
import { printNotice } from './terminal.ts';
import { UsageError } from './usage.ts';
import { words } from './words.ts';

/** The values that the contract allows for a choice. */
const choices = (
  name: 'text' | 'init' | 'weighting' | 'loss' | 'negatives' | 'tune' | 'recipe' | 'backend',
): string[] => trainInputSchema.shape[name].unwrap().options as string[];

const whole =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < least) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    return number;
  };

const fraction = (value: string): number => {
  const number = Number(value);
  if (!(number >= 0 && number <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return number;
};

const collect = (value: string, all: string[]): string[] => [...all, value];

const program = new Command('photolex')
  .description(
    'Learns the language of your photo library, on this computer, and searches it by words and pictures.',
  )
  .version(applicationVersion)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError('Run photolex --help for what there is.')
  .exitOverride();

const library = (): Option => new Option('--library <folder>', 'the library').makeOptionMandatory();
const json = (): Option => new Option('--json', 'print one JSON object');

program
  .command('import <source>')
  .description(
    'import a folder of photos, an export (folder or zip), or a captions.tsv with the photos that it names',
  )
  .addOption(library())
  .addOption(
    new Option('--source <kind>', 'where the words come from')
      .choices(importSourceSchema.options)
      .default('auto'),
  )
  .option('--closer', 'look at all photos once more, larger: half as much work again, and searches find more')
  .addOption(json())
  .action(commands.importPhotos);

program
  .command('rescan')
  .description('read everything again that was imported; what did not change is not read')
  .addOption(library())
  .addOption(json())
  .action(living.rescan);

program
  .command('duplicates')
  .description(
    'photos that look alike: copies of other sizes, brighter, trimmed a little, or nearly the same shot',
  )
  .addOption(library())
  .addOption(json())
  .action(living.duplicates);

program
  .command('forget')
  .description(
    'forget photos whose files are gone for good, with their words; photos on a drive that is away stay',
  )
  .addOption(library())
  .option('--missing', 'yes, forget them')
  .addOption(json())
  .action(living.forget);

program
  .command('report')
  .description('what the last import did, and every file that it skipped')
  .addOption(library())
  .addOption(json())
  .action(commands.importReport);

program
  .command('train')
  .description('learn from the captions of a library')
  .addOption(library())
  .addOption(new Option('--text <model>', 'text embedding').choices(choices('text')).default('word2vec'))
  .addOption(
    new Option(
      '--dimension <n>',
      'dimension of the space (default: 400, or that of the vectors it starts from)',
    ).argParser(whole(16)),
  )
  .addOption(
    new Option(
      '--init <start>',
      'what to start from (default: starter; pretrained for --loss sigmoid and triplet)',
    ).choices(choices('init')),
  )
  .option(
    '--pretrained <file>',
    'word vectors to start from (word2vec, GloVe or fastText) in place of the bundled ones',
  )
  .addOption(
    new Option('--weighting <kind>', 'weights of words in a caption')
      .choices(choices('weighting'))
      .default('tfidf'),
  )
  .addOption(
    new Option(
      '--preset <name>',
      'choices that belong together; those that you make yourself go before',
    ).choices(Object.keys(presets)),
  )
  .option(
    '--backbone <network>',
    'network that looks: efficientnet-lite0, googlenet (from random weights, with --tune all), or an ONNX file',
    'efficientnet-lite0',
  )
  .addOption(
    new Option('--pixels <format>', 'what the network of an ONNX file wants of a pixel').choices(
      pixelFormatSchema.options,
    ),
  )
  .addOption(
    new Option(
      '--side <pixels>',
      'side of the squares that the network sees (default: photos keep their shape)',
    ).argParser(whole(32)),
  )
  .addOption(
    new Option('--loss <loss>', 'what training minimises').choices(choices('loss')).default('contrastive'),
  )
  .addOption(
    new Option('--negatives <rule>', 'captions that --loss triplet tells a picture apart from')
      .choices(choices('negatives'))
      .default('semi-hard'),
  )
  .addOption(
    new Option(
      '--tune <part>',
      'what is trained: the head, or the last blocks or all of the network too (needs accelerate)',
    )
      .choices(choices('tune'))
      .default('head'),
  )
  .addOption(
    new Option('--recipe <name>', 'how the network descends').choices(choices('recipe')).default('best'),
  )
  .addOption(new Option('--passes <n>', 'passes of the network over the photos').argParser(whole(1)))
  .addOption(new Option('--backend <backend>', 'what computes').choices(choices('backend')).default('auto'))
  .option(
    '--holdout <fraction or file>',
    'a fraction of the captions, or a file of paths, to judge by (default: a tenth, of 500 captions or more)',
  )
  .addOption(
    new Option('--seed <n>', 'same seed, same model; text is learned on one thread').argParser(whole(0)),
  )
  .option('--resume', 'go on with the training that was stopped last')
  .addOption(json())
  .action(commands.train);

program
  .command('search [query]')
  .description('find photos: "beach + sunset -people", "\\"snow leopard\\"", beach:1 night:0.5, photo:12')
  .addOption(library())
  .option('--image <file>', 'a picture to look for; may be given again', collect, [])
  .addOption(
    new Option('--compose <rule>', 'how concepts are combined').choices(composeSchema.options).default('all'),
  )
  .addOption(new Option('--limit <n>', 'how many photos').argParser(whole(1)).default(50))
  .option('--untagged', 'only photos without words of their own')
  .option('--explain', 'show what each concept contributes')
  .addOption(json())
  .action(commands.search);

program
  .command('evaluate')
  .description('measure how well the active model finds what is in photos')
  .addOption(library())
  .option('--queries <file>', 'queries, one a line')
  .option('--relevance <file>', 'who is really in the picture: lines of path<TAB>concept, concept, …')
  .option('--photos <file>', 'paths of the photos to judge, one a line')
  .addOption(
    new Option('--compose <rule>', 'how concepts are combined').choices(composeSchema.options).default('all'),
  )
  .addOption(json())
  .action(commands.evaluate);

program
  .command('words [word]')
  .description('the words nearest to a word; without one, the words learned from this library')
  .addOption(library())
  .addOption(new Option('--limit <n>', 'how many words').argParser(whole(1)).default(20))
  .addOption(
    new Option('--space <space>', 'where words are compared: among pictures, or in text').choices(
      wordSpaceSchema.options,
    ),
  )
  .option('--analogy <words...>', 'three words a b c: what is to c as b is to a?')
  .option('--topics', 'what people write about, for a model trained with LDA')
  .option('--tokens <caption>', 'how a text is read, step by step')
  .option('--exclude <word>', 'leave a word out of the next training; may be given again', collect, [])
  .option('--merge <word=word>', 'read one word as another', collect, [])
  .option('--join <words>', 'words that belong together, "sagrada família"', collect, [])
  .option('--forget <word>', 'take back what was said of a word', collect, [])
  .option('--rules', 'what was said of words')
  .addOption(json())
  .action(words);

program
  .command('tags')
  .description('suggest words for photos that have none, accept them, undo that, write them to XMP sidecars')
  .addArgument(new Argument('<action>', 'what to do').choices(tagActions))
  .addOption(library())
  .addOption(
    new Option('--limit <n>', 'how many photos to show; of accept and write with --dry-run')
      .argParser(whole(1))
      .default(50),
  )
  .addOption(
    new Option('--threshold <p>', 'the least probability of a word')
      .argParser(fraction)
      .default(SUGGESTED_FROM),
  )
  .addOption(
    new Option('--words <which>', 'words that this library uses, or all that the model has seen')
      .choices(suggestedWordsSchema.options)
      .default('own'),
  )
  .option('--word <word>', 'accept only this word')
  .option('--photos <file>', 'paths of photos, one a line (default: all without words; write: all that wait)')
  .option('--dry-run', 'tell what would be done, and do nothing')
  .addOption(json())
  .action(tags);

program
  .command('models')
  .description('list the models of a library, or make one of them answer')
  .addOption(library())
  .option('--activate <model>', 'the model that shall answer')
  .addOption(json())
  .action(commands.models);

program
  .command('export')
  .description('write a model as one ONNX file, from the pixels of a photo to its vector')
  .addOption(library())
  .option('--model <model>', 'which (default: the one that answers)')
  .requiredOption('--out <file>', 'the file to write')
  .addOption(json())
  .action(commands.exportModel);

program
  .command('status')
  .description('what a library holds')
  .addOption(library())
  .addOption(json())
  .action(commands.status);

program
  .command('accelerate')
  .description(
    'install TensorFlow, which trains several times faster; it is fetched from the Python package index',
  )
  .addOption(new Option('--cpu', 'for the processor').conflicts(['gpu', 'remove']))
  .addOption(
    new Option('--gpu', 'for a graphics card of NVIDIA (default: if there is one)').conflicts('remove'),
  )
  .option('--remove', 'remove it')
  .addOption(json())
  .action(commands.accelerate);

program
  .command('serve')
  .description('serve the application to a browser on this computer')
  .option('--library <folder>', 'the library to open')
  .addOption(new Option('--port <n>', 'port (default: a free one)').argParser(whole(0)))
  .action(commands.serve);

program
  .command('demo')
  .description('draw the sample album, learn it, and open it')
  .addOption(new Option('--port <n>', 'port (default: a free one)').argParser(whole(0)))
  .option('--no-open', 'stop when it is learned')
  .addOption(json())
  .action(commands.demo);

/** Whether the command was called wrongly: by what this program says, or the contract or the query language of the engine. */
function isWrongUsage(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    (error instanceof PhotolexError && (error.code === 'bad-input' || error.code === 'query'))
  );
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    const message = `photolex: ${error instanceof Error ? error.message : String(error)}`;
    for (const line of message.split('\n')) printNotice(line);
    process.exitCode = isWrongUsage(error) ? 2 : 1;
  }
}
