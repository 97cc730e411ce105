/**
  Addresses of networks.
*/
{ lib }:
{
  ipv6 = import ./ipv6.nix { inherit lib; };
}
