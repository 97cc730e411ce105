/** Images of containers, small enough to be looked into. */
pkgs:
let
  inherit (pkgs) dockerTools toolchain;
  # The toolchain's own, so that nothing has to be compiled for a test.
  shell = "${toolchain.bash}/bin/bash";

  greet = pkgs.writeScriptBin "greet" "#! ${shell}\necho hello from a script\n";
  greeting = {
    name = "layered";
    contents = [ greet ];
    config.Cmd = [ "/bin/greet" ];
  };
in
rec {
  plain = dockerTools.buildImage {
    name = "Plain";
    tag = "v1";
    copyToRoot = [
      (pkgs.writeTextDir "etc/motd" "welcome\n")
      dockerTools.fakeNss
    ];
    extraCommands = ''
      mkdir -m 1777 tmp
      echo changed >> etc/motd
    '';
    config = {
      Cmd = [ shell "-c" "echo $WHO $WHERE" ];
      Env = [ "WHO=plain" "WHERE=here" ];
    };
  };

  onTop = dockerTools.buildImage {
    name = "example/on-top";
    fromImage = plain;
    copyToRoot = greet;
    config.Env = [ "WHO=top" ];
    compressor = "none";
  };

  layered = dockerTools.buildLayeredImage greeting;

  /** The same, written by a program. */
  streamed = pkgs.runCommand "streamed" { } ''
    ${dockerTools.streamLayeredImage (greeting // { tag = layered.imageTag; })} > $out
  '';

  fewLayers = dockerTools.buildLayeredImage {
    name = "few";
    tag = "latest";
    fromImage = plain;
    maxLayers = 2;
    config.Cmd = [ "${toolchain.gnused}/bin/sed" "--version" ];
  };
}
