/** What the errors that people meet most mean, in our words, with an example and what mends it. */

export interface ErrorExplanation {
  /** The kind of the error, as problems have it. */
  code: string
  /** Tells errors of a kind from each other; without it the explanation is for all the others. */
  message?: RegExp
  /** Why it comes about. Names and code are in backticks. */
  text: string
  /** A program with the error. */
  example: string
  /** The same without. */
  repair: string
}

/** Of those with one code, the first whose message fits counts. */
export const errorExplanations: readonly ErrorExplanation[] = [
  {
    code: 'syntax',
    message: /^attribute '.*' already defined/,
    text: 'A set or `let` gives a name one value. Nix does not choose between two: take one away, or put both in one set with `//`, where the right side wins.',
    example: '{ port = 80; port = 8080; }',
    repair: '{ port = 80; } // { port = 8080; }',
  },
  {
    code: 'syntax',
    message: /unexpected ','/,
    text: 'The elements of a list and the arguments of a function stand beside each other, with nothing but space between. Commas separate only the names that a function takes: `{ a, b }: …`.',
    example: '[ 1, 2, 3 ]',
    repair: '[ 1 2 3 ]',
  },
  {
    code: 'syntax',
    message: /unexpected end of file/,
    text: 'The text ends while something is still open: a bracket, a string, or a `let` whose `in` is missing. The place where it began is further up.',
    example: 'let x = 1; y = 2;',
    repair: 'let x = 1; y = 2; in x + y',
  },
  {
    code: 'syntax',
    message: /expecting (.* or )?';'|';' may be missing/,
    text: 'Every binding of a set or `let` ends with `;`, the last one too. Where it is missing, Nix takes what follows for a part of the value, and notices only later.',
    example: '{ a = 1; b = 2 }',
    repair: '{ a = 1; b = 2; }',
  },
  {
    code: 'syntax',
    text: 'The text is no Nix from this place on. What is wrong often stands right before it: a forgotten `;`, a bracket that is not closed, a keyword used as a name.',
    example: '{ a = = 1; }',
    repair: '{ a = 1; }',
  },
  {
    code: 'undefined-variable',
    text: 'No `let`, function, recursive set or `with` around this place defines the name. Most builtins need `builtins.` before them; attributes of a set see each other only in `rec { … }`.',
    example: '{ width = 2; area = width * width; }',
    repair: 'rec { width = 2; area = width * width; }',
  },
  {
    code: 'missing-attribute',
    text: 'The set has no attribute of that name. Where it may be absent, `or` says what to take instead, and `set ? name` asks whether it is there.',
    example: 'let config = { port = 80; }; in config.host',
    repair: 'let config = { port = 80; }; in config.host or "localhost"',
  },
  {
    code: 'duplicate-attribute',
    text: 'Two attributes of a set turn out to have one name: at least one of the names is computed (`${…}`), so this shows only when the set is evaluated.',
    example: 'let name = "a"; in { a = 1; ${name} = 2; }',
    repair: 'let name = "a"; in { a = 1; } // { ${name} = 2; }',
  },
  {
    code: 'not-a-function',
    text: 'Two values beside each other are a call, so the left one must be a function. In lists this happens to the wise, too: `[ f x ]` has two elements, `[ (f x) ]` one. A `;` or an operator may be missing.',
    example: 'let double = 2; in double 21',
    repair: 'let double = x: x * 2; in double 21',
  },
  {
    code: 'missing-argument',
    text: 'The function takes a set with certain attributes, and the one it is given lacks this. Give it, or give the name a default with `?`.',
    example: '({ name, greeting }: "${greeting}, ${name}") { name = "Nix"; }',
    repair: '({ name, greeting ? "Hello" }: "${greeting}, ${name}") { name = "Nix"; }',
  },
  {
    code: 'unexpected-argument',
    text: 'The function lists all attributes that it takes, and this is none of them. Look for a slip of the pen; where others shall be allowed, end the list with `...`.',
    example: '({ name }: name) { name = "Nix"; version = 2; }',
    repair: '({ name, ... }: name) { name = "Nix"; version = 2; }',
  },
  {
    code: 'infinite-recursion',
    text: 'To know the value, Nix needs the value itself. In a `let` or `rec { … }` a name on the right means the new one, not one of the same name outside.',
    example: 'let x = 1; in let x = x + 1; in x',
    repair: 'let x = 1; in let y = x + 1; in y',
  },
  {
    code: 'stack-overflow',
    text: "Functions call each other more than ten thousand levels deep. A recursion may lack its end; one over a long list is better written with `builtins.foldl'`, `map` or `builtins.genList`.",
    example: 'let count = n: 1 + count (n + 1); in count 0',
    repair: 'let count = n: if n == 10 then 0 else 1 + count (n + 1); in count 0',
  },
  {
    code: 'coercion',
    text: 'A string or path is needed here, and this value does not become one by itself. `toString` makes one of numbers, lists and Booleans; of a set you want an attribute; derivations become their path.',
    example: '"port ${80}"',
    repair: '"port ${toString 80}"',
  },
  {
    code: 'type',
    message: /^cannot add /,
    text: '`+` adds numbers to numbers, and joins strings and paths. `toString` makes a string of a number; lists are joined with `++`, sets with `//`.',
    example: '80 + " is the port"',
    repair: 'toString 80 + " is the port"',
  },
  {
    code: 'type',
    text: 'Something else was expected here than was found. `builtins.typeOf` tells what a value is. Often a function is given its arguments in the wrong order, or one too few: then it is still a function.',
    example: 'if 1 then "yes" else "no"',
    repair: 'if 1 == 1 then "yes" else "no"',
  },
  {
    code: 'comparison',
    text: '`<`, `>`, `<=` and `>=` compare numbers with numbers, strings with strings, paths with paths, and lists of such. Only `==` takes everything.',
    example: '"10" < 9',
    repair: '10 < 9',
  },
  {
    code: 'arithmetic',
    text: 'Integers have 64 bits and cannot be divided by zero; a result that does not fit is an error. Where size matters more than the last digit, use floats: `2.0`.',
    example: '9223372036854775807 + 1',
    repair: '9223372036854775807 + 1.0',
  },
  {
    code: 'index',
    text: 'The list has no such element. Elements are counted from 0, so the last of three is number 2. `builtins.length` tells how many there are.',
    example: 'builtins.elemAt [ "a" "b" "c" ] 3',
    repair: 'builtins.elemAt [ "a" "b" "c" ] 2',
  },
  {
    code: 'assertion',
    text: 'The program itself demands that the condition is true, and it is not. `builtins.tryEval` can catch it.',
    example: 'let port = 80; in assert port > 1024; port',
    repair: 'let port = 8080; in assert port > 1024; port',
  },
  {
    code: 'throw',
    text: 'The program itself gives up here, with a message of its own. The frames show who called it. `builtins.tryEval` can catch it.',
    example: 'let size = "xl"; in if size == "l" then 1 else throw "no such size: ${size}"',
    repair: 'let size = "l"; in if size == "l" then 1 else throw "no such size: ${size}"',
  },
  {
    code: 'abort',
    text: 'The program itself ends the evaluation here, with a message of its own. Nothing can catch that; `throw` is the gentler way.',
    example: 'abort "not today"',
    repair: '(builtins.tryEval (throw "not today")).success',
  },
  {
    code: 'file',
    text: 'There is no such file. Paths start from the file they are written in; here only the files of the workspace and of the store exist.',
    example: 'import ./no-such-file.nix',
    repair: 'if builtins.pathExists ./no-such-file.nix then import ./no-such-file.nix else { }',
  },
  {
    code: 'missing-search-path',
    text: '`<name>` is looked for in the search path, and it is not there. For `<nixpkgs>` choose a channel.',
    example: 'import <no-such-channel>',
    repair: '(builtins.tryEval <no-such-channel>).success',
  },
  {
    code: 'parse',
    text: "The text that is to be read is not in the format it should be in: a comma too many, say, or quotes that are missing. In `''…''` quotes need no backslash.",
    example: 'builtins.fromJSON "{ a: 1 }"',
    repair: "builtins.fromJSON ''{ \"a\": 1 }''",
  },
]

/** The explanation of a problem, or null where there is none. */
export function explanationOf(code: string, message: string): ErrorExplanation | null {
  return (
    errorExplanations.find((other) => {
      return other.code === code && (other.message === undefined || other.message.test(message))
    }) ?? null
  )
}
