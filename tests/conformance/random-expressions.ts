/**
 * Random expressions: mostly of the right types, so that they evaluate, sometimes not, so that they
 * fail. Integers stay small, floats out of JSON and `$` out of names, where Nix 2.8 is known to differ
 * from today's.
 */

type Type = 'int' | 'bool' | 'string' | 'list' | 'set' | 'float'

const types: readonly Type[] = ['int', 'bool', 'string', 'list', 'set', 'float']
const attributeNames = ['a', 'b', 'c', 'd-e', 'x']
const words = ['', 'a', 'foo', 'bar-1.2', 'x y', '\\n', "''", '/etc/a.b', '1.0pre2', 'é']

/** JSON of floats, and of text that is cut within a character. */
function isKnownToDiffer(expression: string): boolean {
  return expression.includes('toJSON') && /\d\.\d|é/.test(expression)
}

/** Makes the same expressions for the same seed. */
export class RandomExpressions {
  private state: number
  /** Variables that may be used, and what they hold. */
  private scope: { name: string; type: Type }[] = []
  private variables = 0

  constructor(seed: number) {
    this.state = (seed * 2654435761) >>> 0 || 1
  }

  next(): string {
    for (;;) {
      this.scope = []
      this.variables = 0
      const expression = this.expression(this.pick(types), 5)
      if (!isKnownToDiffer(expression)) return expression
    }
  }

  private random(below: number): number {
    // xorshift32: enough to choose with, and the same everywhere.
    this.state ^= this.state << 13
    this.state ^= this.state >>> 17
    this.state ^= this.state << 5
    return (this.state >>> 0) % below
  }

  private pick<T>(choices: readonly T[]): T {
    return choices[this.random(choices.length)]
  }

  private expression(wanted: Type, depth: number): string {
    const type = this.random(40) === 0 ? this.pick(types) : wanted
    if (depth <= 0) return this.atom(type)
    const inner = (of: Type) => this.expression(of, depth - 1)
    switch (this.random(8)) {
      case 0:
        return this.atom(type)
      case 1:
        return `(if ${inner('bool')} then ${inner(type)} else ${inner(type)})`
      case 2:
        return this.binding(type, depth)
      case 3:
        return this.call(type, depth)
      case 4:
        return this.through(type, depth)
      default:
        return this.operation(type, inner)
    }
  }

  private atom(type: Type): string {
    const known = this.scope.filter((variable) => variable.type === type)
    if (known.length > 0 && this.random(2) === 0) return this.pick(known).name
    switch (type) {
      case 'int':
        return String(this.random(12))
      case 'float':
        return this.pick(['0.5', '1.0', '2.25', '1.0e3', '0.1'])
      case 'bool':
        return this.pick(['true', 'false'])
      case 'string':
        return `"${this.pick(words)}"`
      case 'list':
        return this.pick(['[ ]', '[ 1 2 ]', '[ "a" null [ ] ]', '[ 3 1 2 ]'])
      case 'set':
        return this.pick(['{ }', '{ a = 1; }', '{ b = "s"; x = [ 1 ]; }', '{ a.b.c = true; }'])
    }
  }

  /** A variable, what it stands for, and an expression in which it is known. */
  private bound(type: Type, depth: number) {
    const held = this.pick(types)
    const value = this.expression(held, depth - 1)
    const name = `v${this.variables++}`
    this.scope.push({ name, type: held })
    const body = this.expression(type, depth - 1)
    this.scope.pop()
    return { name, value, body }
  }

  private binding(type: Type, depth: number): string {
    const { name, value, body } = this.bound(type, depth)
    return this.pick([
      `(let ${name} = ${value}; in ${body})`,
      `(with { ${name} = ${value}; }; ${body})`,
      `(rec { ${name} = ${value}; result = ${body}; }).result`,
      `(let { ${name} = ${value}; body = ${body}; })`,
    ])
  }

  private call(type: Type, depth: number): string {
    const { name, value, body } = this.bound(type, depth)
    return this.pick([
      `((${name}: ${body}) ${this.bracketed(value)})`,
      `(({ ${name} }: ${body}) { ${name} = ${value}; })`,
      `(({ ${name} ? ${value}, ... }@args: ${body}) { })`,
      `({ __functor = self: ${name}: ${body}; } ${this.bracketed(value)})`,
    ])
  }

  /** A value put into something and taken out again. */
  private through(type: Type, depth: number): string {
    const value = this.expression(type, depth - 1)
    const name = this.pick(attributeNames)
    return this.pick([
      `{ ${name} = ${value}; }.${name}`,
      `({ ${name} = ${value}; } // ${this.expression('set', depth - 1)}).${name}`,
      `({ }.${name} or ${this.bracketed(value)})`,
      `(builtins.elemAt [ ${this.bracketed(value)} ] 0)`,
      `(builtins.head (map (v: ${value}) [ 1 ]))`,
      `(builtins.foldl' (acc: v: ${value}) null [ 1 2 ])`,
      `(builtins.tryEval ${this.bracketed(value)}).value`,
      `(assert ${this.expression('bool', depth - 1)}; ${value})`,
      `{ "${name}" = ${value}; }."${name}"`,
      `(builtins.getAttr "${name}" { ${name} = ${value}; })`,
    ])
  }

  private bracketed(text: string): string {
    return `(${text})`
  }

  private operation(type: Type, inner: (of: Type) => string): string {
    const any = () => inner(this.pick(types))
    switch (type) {
      case 'int':
        return this.pick([
          () => `(${inner('int')} ${this.pick(['+', '-', '*', '/'])} ${inner('int')})`,
          () => `(builtins.length ${this.bracketed(inner('list'))})`,
          () => `(builtins.stringLength ${this.bracketed(inner('string'))})`,
          () => `(builtins.bitAnd ${inner('int')} ${inner('int')})`,
          () => `(-${this.bracketed(inner('int'))})`,
          () => `(builtins.floor ${this.bracketed(inner('float'))})`,
          () => `(builtins.compareVersions ${inner('string')} ${inner('string')})`,
        ])()
      case 'float':
        return this.pick([
          () => `(${inner('float')} ${this.pick(['+', '-', '*'])} ${inner('float')})`,
          () => `(${inner('int')} + ${inner('float')})`,
        ])()
      case 'bool':
        return this.pick([
          () => `(${any()} == ${any()})`,
          () => `(${inner('int')} ${this.pick(['<', '>', '<=', '>='])} ${inner('int')})`,
          () => `(${inner('string')} < ${inner('string')})`,
          () => `(${inner('list')} < ${inner('list')})`,
          () => `(${inner('bool')} ${this.pick(['&&', '||', '->', '==', '!='])} ${inner('bool')})`,
          () => `(!${inner('bool')})`,
          () => `(${this.bracketed(inner('set'))} ? ${this.pick(attributeNames)}.b)`,
          () => `(builtins.elem ${this.bracketed(any())} ${this.bracketed(inner('list'))})`,
          () => `(builtins.isString ${this.bracketed(any())})`,
        ])()
      case 'string':
        return this.pick([
          () => `(${inner('string')} + ${inner('string')})`,
          () => `"<\${${inner('string')}}>"`,
          () => `''\n  a \${${inner('string')}}\n    b''`,
          () => `(toString ${this.bracketed(any())})`,
          () => `(builtins.typeOf ${this.bracketed(any())})`,
          () => `(builtins.concatStringsSep "," [ ${inner('string')} ${inner('string')} ])`,
          () => `(builtins.substring ${this.random(3)} ${this.random(5)} ${inner('string')})`,
          () => `(builtins.replaceStrings [ "a" "" ] [ "b" "-" ] ${inner('string')})`,
          () => `(builtins.toJSON [ ${inner('int')} ${inner('string')} ${inner('bool')} ])`,
          () => `(builtins.hashString "sha256" ${inner('string')})`,
          () => `(baseNameOf ${inner('string')})`,
        ])()
      case 'list':
        return this.pick([
          () => `[ ${this.bracketed(any())} ${this.bracketed(any())} ]`,
          () => `(${inner('list')} ++ ${inner('list')})`,
          () => `(map (v: [ v ]) ${this.bracketed(inner('list'))})`,
          () => `(builtins.filter (v: v != 1) ${this.bracketed(inner('list'))})`,
          () => `(builtins.sort builtins.lessThan [ ${inner('int')} ${inner('int')} 3 ])`,
          () => `(builtins.attrNames ${this.bracketed(inner('set'))})`,
          () => `(builtins.attrValues ${this.bracketed(inner('set'))})`,
          () => `(builtins.genList (v: v * ${inner('int')}) ${this.random(4)})`,
          () => `(builtins.split "(a|o)" ${inner('string')})`,
          () => `(builtins.splitVersion ${inner('string')})`,
          () => `(builtins.concatMap (v: [ v ${inner('int')} ]) ${this.bracketed(inner('list'))})`,
        ])()
      case 'set':
        return this.pick([
          () => `{ ${this.pick(attributeNames)} = ${any()}; y.z = ${any()}; }`,
          () => `(${inner('set')} // ${inner('set')})`,
          () => `(builtins.mapAttrs (n: v: [ n v ]) ${this.bracketed(inner('set'))})`,
          () => `(removeAttrs ${this.bracketed(inner('set'))} [ "a" ])`,
          () => `(builtins.listToAttrs [ { name = ${inner('string')}; value = ${any()}; } ])`,
          () =>
            `(builtins.intersectAttrs ${this.bracketed(inner('set'))} ${this.bracketed(inner('set'))})`,
          () => `(builtins.tryEval ${this.bracketed(any())})`,
          () => `(builtins.parseDrvName ${inner('string')})`,
          () => `{ \${${inner('string')}} = ${any()}; }`,
          () => `(builtins.groupBy toString [ ${inner('int')} ${inner('int')} ])`,
        ])()
    }
  }
}
