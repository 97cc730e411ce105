derivation {
  name = "fixed-recursive-sha512-base64";
  system = "x86_64-linux";
  builder = "/bin/sh";
  outputHashMode = "recursive";
  outputHashAlgo = "sha512";
  outputHash = "B+QcyxZtIaUyfVoq4btIGSuEcOE1cmbJ0RnClMselZeFaUcsneZPttk8vU3QrtC/HnxH/Rkg3hewOKCKhetPoQ==";
}
