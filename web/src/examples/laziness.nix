# Nix computes what somebody looks at, and nothing else.
# Each «thunk» in the result is an expression that waits: open it to compute it.
let
  # An endless list would never end. A function that makes one more element when asked does not mind.
  countFrom = n: { head = n; tail = countFrom (n + 1); };
  take = n: list: if n == 0 then [ ] else [ list.head ] ++ take (n - 1) list.tail;
in
{
  # Nobody asks for the second value, so nobody sees it fail.
  first = builtins.head [ 1 (throw "nobody looked at me") ];

  numbers = take 10 (countFrom 1);

  # Open it: it goes on for as long as you do.
  endless = countFrom 1;

  # Fails only once you open it, and only here.
  trap = throw "you opened the trap";

  # A name may be used before it is defined: the set is tied together lazily.
  knot = rec { b = a + 1; a = 41; };
}
