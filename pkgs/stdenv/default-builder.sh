# What a derivation's builder runs: the environment of stdenv, then all phases.
if [ -f .attrs.sh ]; then source .attrs.sh; fi
if [ -f "${NIX_ATTRS_SH_FILE-}" ]; then source "$NIX_ATTRS_SH_FILE"; fi
source "$stdenv/setup"
genericBuild
