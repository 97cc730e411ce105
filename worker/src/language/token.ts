/**
 * The kinds of tokens, and how Nix's error messages name them.
 *
 * The order carries meaning: see the comments between the members.
 */
export const enum Token {
  EndOfFile,

  // What can begin a simple expression, and with it an argument or a list item.
  Identifier,
  Integer,
  Float,
  Quote,
  IndentedOpen,
  Path,
  HomePath,
  SearchPath,
  Uri,
  LeftParenthesis,
  LeftBracket,
  LeftBrace,
  Rec,
  Let,

  // Binary operators.
  PipeFrom,
  PipeInto,
  Implies,
  Or,
  And,
  Equal,
  NotEqual,
  Less,
  Greater,
  LessOrEqual,
  GreaterOrEqual,
  Update,
  Plus,
  Minus,
  Times,
  Slash,
  Concat,
  Question,

  // The rest.
  Not,
  If,
  Then,
  Else,
  Assert,
  With,
  In,
  Inherit,
  OrKeyword,
  Ellipsis,
  DollarBrace,
  Assign,
  Semicolon,
  Colon,
  Comma,
  At,
  Dot,
  RightParenthesis,
  RightBracket,
  RightBrace,
  Invalid,
}

export const lastSimpleStart = Token.Let
export const firstBinary = Token.PipeFrom
export const lastBinary = Token.Question

/** How tightly operators bind. */
export const enum Precedence {
  Pipe,
  /** Between the pipes and all others. */
  AbovePipe,
  Implies,
  Or,
  And,
  Equality,
  Comparison,
  Update,
  Not,
  Sum,
  Product,
  Concat,
  HasAttribute,
  Negate,
}

const precedences = new Uint8Array(lastBinary + 1)
precedences[Token.PipeFrom] = Precedence.Pipe
precedences[Token.PipeInto] = Precedence.Pipe
precedences[Token.Implies] = Precedence.Implies
precedences[Token.Or] = Precedence.Or
precedences[Token.And] = Precedence.And
precedences[Token.Equal] = Precedence.Equality
precedences[Token.NotEqual] = Precedence.Equality
precedences[Token.Less] = Precedence.Comparison
precedences[Token.Greater] = Precedence.Comparison
precedences[Token.LessOrEqual] = Precedence.Comparison
precedences[Token.GreaterOrEqual] = Precedence.Comparison
precedences[Token.Update] = Precedence.Update
precedences[Token.Plus] = Precedence.Sum
precedences[Token.Minus] = Precedence.Sum
precedences[Token.Times] = Precedence.Product
precedences[Token.Slash] = Precedence.Product
precedences[Token.Concat] = Precedence.Concat
precedences[Token.Question] = Precedence.HasAttribute

/** The precedence of a binary operator's token. */
export function precedenceOf(token: Token): Precedence {
  return precedences[token]
}

const names: Record<Token, string> = {
  [Token.EndOfFile]: 'end of file',
  [Token.Identifier]: 'identifier',
  [Token.Integer]: 'integer',
  [Token.Float]: 'floating-point literal',
  [Token.Quote]: `'"'`,
  [Token.IndentedOpen]: 'start of an indented string',
  [Token.Path]: 'path',
  // UTF-8 as a byte string: the ellipsis of '~/…'.
  [Token.HomePath]: "'~/\xe2\x80\xa6' path",
  [Token.SearchPath]: "'<\xe2\x80\xa6>' path",
  [Token.Uri]: 'URI',
  [Token.LeftParenthesis]: "'('",
  [Token.LeftBracket]: "'['",
  [Token.LeftBrace]: "'{'",
  [Token.Rec]: "'rec'",
  [Token.Let]: "'let'",
  [Token.PipeFrom]: "'<|'",
  [Token.PipeInto]: "'|>'",
  [Token.Implies]: "'->'",
  [Token.Or]: "'||'",
  [Token.And]: "'&&'",
  [Token.Equal]: "'=='",
  [Token.NotEqual]: "'!='",
  [Token.Less]: "'<'",
  [Token.Greater]: "'>'",
  [Token.LessOrEqual]: "'<='",
  [Token.GreaterOrEqual]: "'>='",
  [Token.Update]: "'//'",
  [Token.Plus]: "'+'",
  [Token.Minus]: "'-'",
  [Token.Times]: "'*'",
  [Token.Slash]: "'/'",
  [Token.Concat]: "'++'",
  [Token.Question]: "'?'",
  [Token.Not]: "'!'",
  [Token.If]: "'if'",
  [Token.Then]: "'then'",
  [Token.Else]: "'else'",
  [Token.Assert]: "'assert'",
  [Token.With]: "'with'",
  [Token.In]: "'in'",
  [Token.Inherit]: "'inherit'",
  [Token.OrKeyword]: "'or'",
  [Token.Ellipsis]: "'...'",
  [Token.DollarBrace]: "'${'",
  [Token.Assign]: "'='",
  [Token.Semicolon]: "';'",
  [Token.Colon]: "':'",
  [Token.Comma]: "','",
  [Token.At]: "'@'",
  [Token.Dot]: "'.'",
  [Token.RightParenthesis]: "')'",
  [Token.RightBracket]: "']'",
  [Token.RightBrace]: "'}'",
  [Token.Invalid]: 'invalid token',
}

/** A token as Nix's syntax errors name it (a byte string). */
export function tokenName(token: Token): string {
  return names[token]
}
