# Two steps, built for real: the second uses what the first made.
# Press Build, watch the terminal, then read the files of the output.
let
  # A shell and its tools in one program: all that a build sees of the machine's. Nothing is run to
  # make it: every builder has it, and its hash says exactly what it is.
  busybox = @busybox@;

  # A derivation says how to make something. `run` saves writing the same lines twice.
  run = name: script: derivation {
    inherit name;
    system = builtins.currentSystem;
    builder = "${busybox}/bin/sh";
    args = [ "-ec" script ];
    PATH = "${busybox}/bin";
  };

  flakes = run "flakes" ''
    echo "catching snowflakes..."
    for number in 1 2 3 4 5 6; do
      echo "  * flake $number"
      echo "*" >> $out
      sleep 0.3
    done
  '';
in
run "globe" ''
  echo "counting what ${flakes} holds"
  count=$(wc -l < ${flakes})
  mkdir $out
  echo "A snow globe with $count flakes." > $out/label.txt
  {
    echo "    .------.   "
    echo "   / *   *  \\ "
    echo "  |  *  *  * | "
    echo "   \\________/ "
    echo "   /________\\ "
  } > $out/globe.txt
  cat $out/globe.txt
''
