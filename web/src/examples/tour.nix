# A tour of the language. Change anything: the value beside it follows.
let
  # Values have types: strings, numbers, booleans, paths, null, …
  city = "Reykjavík";
  inches = 3.5;

  # … lists, and attribute sets, which hold most of what Nix deals with.
  snowfall = [ 4 0 12 7 0 23 9 ];
  station = {
    inherit city;
    altitude = 52;
    instruments = { thermometer = true; barometer = true; };
  };

  # Functions take one argument: `x: …`. A second one is a function again.
  add = a: b: a + b;
  total = builtins.foldl' add 0 snowfall;
  snowy = builtins.filter (cm: cm > 0) snowfall;
in
{
  greeting = "Greetings from ${city}!";
  week = {
    inherit total snowy;
    deepest = builtins.foldl' (a: b: if a > b then a else b) 0 snowfall;
    inInches = map (cm: cm / 2.54) snowfall;
  };

  # `//` updates a set, `?` asks whether it has an attribute.
  station = station // { altitude = station.altitude + 1; };
  hasBarometer = station.instruments ? barometer;
  asJson = builtins.toJSON station;
}
