/**
  What a package is made of, for `meta.sourceProvenance`.
*/
{ lib }:
lib.mapAttrs (shortName: type: { inherit shortName; } // type) {
  # Anything built from source code.
  fromSource.isSource = true;
  # Code for a processor, made by others.
  binaryNativeCode.isSource = false;
  # Code for a virtual machine, made by others.
  binaryBytecode.isSource = false;
  # What a device runs.
  binaryFirmware.isSource = false;
  # Sources that were made unreadable.
  obfuscatedCode.isSource = false;
}
