import type { languages } from 'monaco-editor/editor'

/** The language's name in Monaco. */
export const languageId = 'nix'

/** Brackets, comments and what closes itself. */
export const configuration: languages.LanguageConfiguration = {
  comments: { lineComment: '#', blockComment: ['/*', '*/'] },
  brackets: [
    ['{', '}'],
    ['[', ']'],
    ['(', ')'],
    ['${', '}'],
  ],
  autoClosingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: '"', close: '"', notIn: ['string', 'comment'] },
    { open: "''", close: "''", notIn: ['string', 'comment'] },
    { open: '/*', close: '*/', notIn: ['string'] },
  ],
  surroundingPairs: [
    { open: '{', close: '}' },
    { open: '[', close: ']' },
    { open: '(', close: ')' },
    { open: '"', close: '"' },
  ],
  wordPattern: /[a-zA-Z_][a-zA-Z0-9_'-]*/,
  indentationRules: {
    increaseIndentPattern: /(?:[{[(]|=|:|''|\b(?:let|in|then|else|rec))\s*(?:#.*)?$/,
    decreaseIndentPattern: /^\s*(?:[}\])]|''\s*;|in\b)/,
  },
  onEnterRules: [],
  folding: { offSide: true },
}

/**
 * Nix for Monaco's tokenizer: colours the first paint, before anything has been parsed. Token types
 * are those of highlight.ts, so that the static snippet and the editor look the same.
 */
export const grammar: languages.IMonarchLanguage = {
  defaultToken: 'plain',
  tokenPostfix: '',
  keywords: ['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with'],
  constants: ['true', 'false', 'null'],
  globals: (
    'abort baseNameOf break builtins derivation derivationStrict dirOf fetchGit fetchMercurial ' +
    'fetchTarball fetchTree fromTOML import isNull map placeholder removeAttrs scopedImport ' +
    'throw toString'
  ).split(' '),

  tokenizer: {
    root: [{ include: '@code' }],

    code: [
      [/[ \t\r\n]+/, 'plain'],
      [/#.*$/, 'comment'],
      [/\/\*/, 'comment', '@comment'],
      [/"/, 'string', '@string'],
      [/''/, 'string', '@indented'],
      [/<[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*>/, 'path'],
      [/[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/, 'path'],
      [/(?:~|[a-zA-Z0-9._+-]*)(?:\/[a-zA-Z0-9._+-]+)+\/?/, 'path'],
      [/(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+/, 'number'],
      [/(\.)([a-zA-Z_][a-zA-Z0-9_'-]*)/, ['operator', 'attribute']],
      [
        /[a-zA-Z_][a-zA-Z0-9_'-]*(?=\s*(?:=(?!=)|\.[a-zA-Z_"$]))/,
        { cases: { '@keywords': 'keyword', '@globals': 'builtin', '@default': 'attribute' } },
      ],
      [
        /[a-zA-Z_][a-zA-Z0-9_'-]*/,
        {
          cases: {
            '@keywords': 'keyword',
            '@constants': 'constant',
            '@globals': 'builtin',
            '@default': 'plain',
          },
        },
      ],
      [/\$\{/, { token: 'operator', next: '@braces', bracket: '@open' }],
      [/\{/, { token: 'operator', next: '@braces', bracket: '@open' }],
      [/[[\]()]/, 'operator'],
      [/\|>|<\||\.\.\.|\+\+|\/\/|->|==|!=|<=|>=|&&|\|\||[-+*/<>!?@=:;,.]/, 'operator'],
    ],

    // Each opened brace is a state of its own, so that the one that ends an interpolation is known.
    braces: [[/\}/, { token: 'operator', next: '@pop', bracket: '@close' }], { include: '@code' }],

    comment: [
      [/\*\//, 'comment', '@pop'],
      [/[^*]+|\*/, 'comment'],
    ],

    string: [
      [/\$\{/, { token: 'operator', next: '@braces', bracket: '@open' }],
      [/\\./, 'escape'],
      [/"/, 'string', '@pop'],
      [/[^"\\$]+|\$|\\$/, 'string'],
    ],

    indented: [
      [/''\$\{|'''|''\\./, 'escape'],
      [/''/, 'string', '@pop'],
      [/\$\{/, { token: 'operator', next: '@braces', bracket: '@open' }],
      [/[^'$]+|'|\$/, 'string'],
    ],
  },
}
