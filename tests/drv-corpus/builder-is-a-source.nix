derivation { name = "builder-is-a-source"; system = "x86_64-linux"; builder = ./files/script.sh; }
