/** What the machine does next. */
export const enum Step {
  Done,
  /** A whole expression begins here. */
  Expression,
  /** An operand of operators begins here. */
  Operand,
  /** An argument, item, or the like begins here. */
  Simple,
  /** `value` is a simple expression; selections may follow. */
  AfterSimple,
  /** `value` is an operand; operators may follow. */
  AfterOperand,
  /** `value` is a whole expression. */
  AfterExpression,
  /** In a set: a binding or its end. */
  Binding,
  /** In a string, after an interpolation. */
  Quoted,
  Indented,
  PathParts,
  /** A formal begins here, or the formals end. */
  Formal,
  /** After the `}` of formals. */
  AfterFormals,
  /** `value` is an attribute's name; the path's frame is on top. */
  AfterName,
  /** An attribute path whose frame is on top is whole. */
  SelectPath,
  HasAttributePath,
  BindingPath,
  /** In `inherit`: a name or the end. */
  InheritName,
}
