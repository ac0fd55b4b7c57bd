/** Text on a terminal: names of files and words of strangers may hold characters that a terminal takes for commands. */

/** Control characters, and those that turn the direction of writing, which can make one name look like another. */
const COMMANDS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text as one line of a terminal, with every character that could be a command written as `\u001b`. */
export const printable = (text: string): string =>
  text.replaceAll(COMMANDS, (character) =>
    character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A line of a command's result. */
export const print = (text: string): void => console.log(printable(text));

/** A line beside the result. */
export const printNotice = (text: string): void => console.error(printable(text));

/** A value as JSON. What JSON leaves as it is and a terminal obeys is escaped too, which reads the same. */
export const printJson = (value: unknown): void =>
  console.log(
    JSON.stringify(value, null, 2).replaceAll(COMMANDS, (character) =>
      character === '\n' ? character : printable(character),
    ),
  );
