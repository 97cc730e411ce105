/** "pkgs.dockerTools". */
{ pkgs, lib, ... }:
let
  inherit (pkgs) buildEnv dockerTools hello;
in
{
  evaluated = rec {
    copyToRoot = dockerTools.buildImage {
      name = "redis";
      tag = "latest";
      copyToRoot = buildEnv {
        name = "image-root";
        paths = [ pkgs.jq pkgs.tree ];
        pathsToLink = [ "/bin" ];
      };
      config = {
        Cmd = [ "/bin/jq" ];
        WorkingDir = "/data";
        Volumes = { "/data" = { }; };
      };
    };
    dated = dockerTools.buildImage {
      name = "hello";
      tag = "latest";
      created = "now";
      copyToRoot = buildEnv {
        name = "image-root";
        paths = [ hello ];
        pathsToLink = [ "/bin" ];
      };
      config.Cmd = [ "/bin/hello" ];
    };
    onAnother = dockerTools.buildImage {
      name = "upon";
      fromImage = dated;
      fromImageName = null;
      fromImageTag = "latest";
      extraCommands = "mkdir -p data";
      diskSize = 1024;
      buildVMMemorySize = 512;
    };
    layered = dockerTools.buildLayeredImage {
      name = "hello";
      tag = "latest";
      contents = [ hello dockerTools.usrBinEnv dockerTools.binSh dockerTools.fakeNss ];
      extraCommands = "echo '(extraCommand)' > extraCommands";
      config.Cmd = [ "/bin/hello" ];
    };
    streamed = dockerTools.streamLayeredImage {
      name = "hello";
      maxLayers = 30;
      config.Cmd = [ "${hello}/bin/hello" ];
    };
    names = [ copyToRoot.imageName copyToRoot.imageTag layered.imageTag ];
    tags = map (image: builtins.match "[0-9a-z]{32}" image.imageTag != null) [
      streamed
      (dockerTools.buildImage { name = "untagged"; })
    ];
    refused = map (arguments: (builtins.tryEval (dockerTools.buildImage ({ name = "x"; } // arguments)).drvPath).success) [
      { runAsRoot = "mkdir /data"; }
      { includeNixDB = true; }
      { compressor = "rar"; }
      { }
    ];
  };
}
