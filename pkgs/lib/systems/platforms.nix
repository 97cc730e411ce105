# The groups of `doubles`, as packages name them in `meta.platforms`: some under two names.
{ lib }:
lib.systems.doubles
