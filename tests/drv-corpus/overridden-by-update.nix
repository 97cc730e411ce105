# Attributes added to the result are no part of the derivation.
derivation { name = "overridden-by-update"; system = "x86_64-linux"; builder = "/bin/sh"; } // { meta.description = "not built"; name = "ignored"; }
