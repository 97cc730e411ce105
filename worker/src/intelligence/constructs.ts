/** What is offered beside names: keywords, and constructs with places to fill in. */

export const keywords = ['assert', 'if', 'import', 'in', 'inherit', 'let', 'rec', 'with'] as const

export interface Construct {
  label: string
  /** With `$1`, `${2:text}` and `$0` as the places to go on at. */
  insertText: string
  doc: string
}

export const constructs: readonly Construct[] = [
  {
    label: 'let … in',
    insertText: 'let\n  ${1:name} = ${2:value};\nin\n${0:name}',
    doc: 'Names for values, to be used in what follows `in`.',
  },
  {
    label: 'if … then … else',
    insertText: 'if ${1:condition} then ${2:value} else ${0:other}',
    doc: 'One of two values. There is always an `else`.',
  },
  {
    label: 'with …;',
    insertText: 'with ${1:set}; $0',
    doc: 'The attributes of a set as variables. Names that are defined otherwise go first.',
  },
  {
    label: 'assert …;',
    insertText: 'assert ${1:condition}; $0',
    doc: 'An error if the condition is false, else what follows.',
  },
  {
    label: 'rec { … }',
    insertText: 'rec {\n  ${1:name} = ${2:value};$0\n}',
    doc: 'A set whose attributes may refer to each other.',
  },
  {
    label: '{ … }: function',
    insertText: '{ ${1:name}, ... }:\n$0',
    doc: 'A function that takes a set with certain attributes. `...` allows others, too.',
  },
  {
    label: 'derivation { … }',
    insertText:
      'derivation {\n  name = "${1:name}";\n  system = "x86_64-linux";\n  builder = "/bin/sh";\n  args = [ "-c" "${2:echo hello > \\$out}" ];$0\n}',
    doc: 'A build: a program that is run in a sandbox and writes to `$out`.',
  },
  {
    label: "'' … ''",
    insertText: "''\n  $0\n''",
    doc: 'A string of several lines, whose indentation is taken away.',
  },
]

export const bindingConstructs: readonly Construct[] = [
  {
    label: 'inherit …;',
    insertText: 'inherit ${1:name};$0',
    doc: 'Takes a variable from around: `name = name;`.',
  },
  {
    label: 'inherit (…) …;',
    insertText: 'inherit (${1:set}) ${2:name};$0',
    doc: 'Takes attributes of a set: `name = set.name;`.',
  },
]
