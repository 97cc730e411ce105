derivation { name = "unicode"; system = "x86_64-linux"; builder = "/bin/sh"; text = "été ☃ 雪 𝄞"; "clé" = "ключ"; }
