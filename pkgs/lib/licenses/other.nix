# Licences that are not in SPDX's list: full name, and address if there is one.
{
  acsl14 = [
    "Anti-Capitalist Software License v1.4"
    "https://anticapitalist.software/"
  ];
  activision = [
    "Activision EULA"
    "https://www.doomworld.com/eternity/activision_eula.txt"
  ];
  amazonsl = [
    "Amazon Software License"
    "https://aws.amazon.com/asl/"
  ];
  amd = [
    "AMD License Agreement"
    "https://developer.amd.com/amd-license-agreement/"
  ];
  aom = [
    "Alliance for Open Media Patent License 1.0"
    "https://aomedia.org/license/patent-license/"
  ];
  bsdAxisNoDisclaimerUnmodified = [
    "BSD-Axis without Warranty Disclaimer with Unmodified requirement"
    "https://scancode-licensedb.aboutcode.org/bsd-no-disclaimer-unmodified.html"
  ];
  cockroachdb-community-license = [
    "CockroachDB Community License Agreement"
    "https://www.cockroachlabs.com/cockroachdb-community-license/"
  ];
  commons-clause = [
    "Commons Clause License"
    "https://commonsclause.com/"
  ];
  databricks = [
    "Databricks License"
    "https://www.databricks.com/legal/db-license"
  ];
  databricks-dbx = [
    "DataBricks eXtensions aka dbx License"
    "https://github.com/databrickslabs/dbx/blob/743b579a4ac44531f764c6e522dbe5a81a7dc0e4/LICENSE"
  ];
  databricks-license = [
    "Databricks License"
    "https://www.databricks.com/legal/db-license"
  ];
  eapl = [
    "EPSON AVASYS PUBLIC LICENSE"
    "https://avasys.jp/hp/menu000000700/hpg000000603.htm"
  ];
  enpl = [
    "Emmi AI Non-Production License"
    "https://github.com/Emmi-AI/noether/blob/main/LICENSE.txt"
  ];
  epson = [
    "Seiko Epson Corporation Software License Agreement for Linux"
    "https://download.ebz.epson.net/dsc/du/02/eula/global/LINUX_EN.html"
  ];
  fairsource09 = [
    "Fair Source License, version 0.9"
    "https://fair.io/v0.9.txt"
  ];
  ffsl = [
    "Floodgap Free Software License"
    "https://www.floodgap.com/software/ffsl/license.html"
  ];
  free = [
    "Unspecified free software license"
  ];
  g4sl = [
    "Geant4 Software License"
    "https://geant4.web.cern.ch/geant4/license/LICENSE.html"
  ];
  generaluser = [
    "GeneralUser GS License v2.0"
    "https://www.schristiancollins.com/generaluser.php"
  ];
  geogebra = [
    "GeoGebra Non-Commercial License Agreement"
    "https://www.geogebra.org/license"
  ];
  gfl = [
    "GUST Font License"
    "https://www.gust.org.pl/projects/e-foundry/licenses/GUST-FONT-LICENSE.txt"
  ];
  gfsl = [
    "GUST Font Source License"
    "https://www.gust.org.pl/projects/e-foundry/licenses/GUST-FONT-SOURCE-LICENSE.txt"
  ];
  hl3 = [
    "Hippocratic License v3.0"
    "https://firstdonoharm.dev/version/3/0/core.txt"
  ];
  hpndDifferentDisclaimer = [
    "HPND with different disclaimer"
    "https://gitlab.freedesktop.org/xorg/proto/xorgproto/-/blob/1914233e662d23ffb3812b80fadd0bbd064ad91c/COPYING-x11proto#L69-88"
  ];
  inria-compcert = [
    "INRIA Non-Commercial License Agreement for the CompCert verified compiler"
    "https://compcert.org/doc/LICENSE.txt"
  ];
  inria-icesl = [
    "End User License Agreement for IceSL Software"
    "https://icesl.loria.fr/assets/pdf/EULA_IceSL_binary.pdf"
  ];
  inria-zelus = [
    "INRIA Non-Commercial License Agreement for the Zélus compiler"
    "https://github.com/INRIA/zelus/raw/829f2b97cba93b0543a9ca0272269e6b8fdad356/LICENSE"
  ];
  intel-eula = [
    "Intel End User License Agreement for Developer Tools"
    "https://software.intel.com/sites/manageability/AMT_Implementation_and_Reference_Guide/WordDocuments/intelamtsdklicense.htm"
  ];
  issl = [
    "Intel Simplified Software License"
    "https://software.intel.com/en-us/license/intel-simplified-software-license"
  ];
  lens = [
    "Lens Terms of Service Agreement"
    "https://k8slens.dev/legal/tos"
  ];
  llgpl21 = [
    "Lisp LGPL; GNU Lesser General Public License version 2.1 with Franz Inc. preamble for clarification of LGPL terms in context of Lisp"
    "https://opensource.franz.com/preamble.html"
  ];
  netboxLimitedUse = [
    "NetBox Limited Use License 1.0"
    "https://github.com/netboxlabs/netbox-branching/blob/8465b9aee69ded23930cfe1a522695bfb8955a5a/LICENSE.md"
  ];
  nvidiaCuda = [
    "CUDA Toolkit End User License Agreement (EULA)"
    "https://docs.nvidia.com/cuda/eula/index.html#cuda-toolkit-supplement-license-agreement"
  ];
  nvidiaCudaRedist = [
    "CUDA Toolkit End User License Agreement (EULA)"
    "https://docs.nvidia.com/cuda/eula/index.html#cuda-toolkit-supplement-license-agreement"
  ];
  obsidian = [
    "Obsidian End User Agreement"
    "https://obsidian.md/eula"
  ];
  ocamlpro_nc = [
    "OCamlPro Non Commercial license version 1"
    "https://alt-ergo.ocamlpro.com/http/alt-ergo-2.2.0/OCamlPro-Non-Commercial-License.pdf"
  ];
  postman = [
    "Postman EULA"
    "https://www.getpostman.com/licenses/postman_base_app"
  ];
  prosperity30 = [
    "Prosperity-3.0.0"
    "https://prosperitylicense.com/versions/3.0.0.html"
  ];
  publicDomain = [
    "Public Domain"
  ];
  sfl = [
    "Source First License 1.1"
    "https://gitlab.futo.org/videostreaming/grayjay/-/blob/master/LICENSE.md"
  ];
  stk = [
    "Synthesis Tool Kit 4.3"
    "https://github.com/thestk/stk/blob/master/LICENSE"
  ];
  sudo = [
    "Sudo License (ISC-style)"
    "https://www.sudo.ws/about/license/"
  ];
  teamspeak = [
    "Teamspeak client license"
    "https://www.teamspeak.com/en/privacy-and-terms/"
  ];
  tsl = [
    "Timescale License Agreement"
    "https://github.com/timescale/timescaledb/blob/main/tsl/LICENSE-TIMESCALE"
  ];
  ucd = [
    "Unicode Character Database License"
    "https://fedoraproject.org/wiki/Licensing:UCD"
  ];
  unfree = [
    "Unfree"
  ];
  unfreeRedistributable = [
    "Unfree redistributable"
  ];
  unfreeRedistributableFirmware = [
    "Unfree redistributable firmware"
  ];
  virtualbox-puel = [
    "Oracle VM VirtualBox Extension Pack Personal Use and Evaluation License (PUEL)"
    "https://www.virtualbox.org/wiki/VirtualBox_PUEL"
  ];
  vol-sl = [
    "Volatility Software License, Version 1.0"
    "https://www.volatilityfoundation.org/license/vsl-v1.0"
  ];
  wadalab = [
    "Wadalab Font License"
    "https://fedoraproject.org/wiki/Licensing:Wadalab?rd=Licensing/Wadalab"
  ];
  x11BsdClause = [
    "X11 License with third BSD clause"
    "https://gitlab.freedesktop.org/xorg/driver/xf86-video-geode/-/blob/d147c3f1b6907ae9db6f12853cedd450537d99d2/COPYING"
  ];
}
