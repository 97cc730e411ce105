# The licences of SPDX's list (https://spdx.org/licenses), under the names that they have in
# nixpkgs: identifier and full name.
{
  abstyles = [
    "Abstyles"
    "Abstyles License"
  ];
  adobeDisplayPostScript = [
    "Adobe-Display-PostScript"
    "Adobe Display PostScript License"
  ];
  adobeUtopia = [
    "Adobe-Utopia"
    "Adobe Utopia Font License"
  ];
  afl20 = [
    "AFL-2.0"
    "Academic Free License v2.0"
  ];
  afl21 = [
    "AFL-2.1"
    "Academic Free License v2.1"
  ];
  afl3 = [
    "AFL-3.0"
    "Academic Free License v3.0"
  ];
  agpl3Only = [
    "AGPL-3.0-only"
    "GNU Affero General Public License v3.0 only"
  ];
  agpl3Plus = [
    "AGPL-3.0-or-later"
    "GNU Affero General Public License v3.0 or later"
  ];
  aladdin = [
    "Aladdin"
    "Aladdin Free Public License"
  ];
  aml = [
    "AML"
    "Apple MIT License"
  ];
  ampas = [
    "AMPAS"
    "Academy of Motion Picture Arts and Sciences BSD"
  ];
  apple-psl10 = [
    "APSL-1.0"
    "Apple Public Source License 1.0"
  ];
  apple-psl20 = [
    "APSL-2.0"
    "Apple Public Source License 2.0"
  ];
  apsl10 = [
    "APSL-1.0"
    "Apple Public Source License 1.0"
  ];
  apsl20 = [
    "APSL-2.0"
    "Apple Public Source License 2.0"
  ];
  arphicpl = [
    "Arphic-1999"
    "Arphic Public License"
  ];
  artistic1 = [
    "Artistic-1.0"
    "Artistic License 1.0"
  ];
  artistic1-cl8 = [
    "Artistic-1.0-cl8"
    "Artistic License 1.0 w/clause 8"
  ];
  artistic2 = [
    "Artistic-2.0"
    "Artistic License 2.0"
  ];
  asl11 = [
    "Apache-1.1"
    "Apache License 1.1"
  ];
  asl20 = [
    "Apache-2.0"
    "Apache License 2.0"
  ];
  baekmuk = [
    "Baekmuk"
    "Baekmuk License"
  ];
  beerware = [
    "Beerware"
    "Beerware License"
  ];
  bitstreamCharter = [
    "Bitstream-Charter"
    "Bitstream Charter Font License"
  ];
  bitstreamVera = [
    "Bitstream-Vera"
    "Bitstream Vera Font License"
  ];
  bitTorrent10 = [
    "BitTorrent-1.0"
    " BitTorrent Open Source License v1.0"
  ];
  bitTorrent11 = [
    "BitTorrent-1.1"
    " BitTorrent Open Source License v1.1"
  ];
  blueOak100 = [
    "BlueOak-1.0.0"
    "Blue Oak Model License 1.0.0"
  ];
  boehmGC = [
    "Boehm-GC"
    "Boehm-Demers-Weiser GC License"
  ];
  bola11 = [
    "BOLA-1.1"
    "Buena Onda License Agreement v1.1"
  ];
  boost = [
    "BSL-1.0"
    "Boost Software License 1.0"
  ];
  bsd0 = [
    "0BSD"
    "BSD Zero Clause License"
  ];
  bsd1 = [
    "BSD-1-Clause"
    "BSD 1-Clause License"
  ];
  bsd2 = [
    "BSD-2-Clause"
    "BSD 2-clause \"Simplified\" License"
  ];
  bsd2Patent = [
    "BSD-2-Clause-Patent"
    "BSD-2-Clause Plus Patent License"
  ];
  bsd2WithViews = [
    "BSD-2-Clause-Views"
    "BSD 2-Clause with views sentence"
  ];
  bsd3 = [
    "BSD-3-Clause"
    "BSD 3-clause \"New\" or \"Revised\" License"
  ];
  bsd3ClauseTso = [
    "BSD-3-Clause-Tso"
    "BSD 3-Clause Tso variant"
  ];
  bsd3Clear = [
    "BSD-3-Clause-Clear"
    "BSD 3-Clause Clear License"
  ];
  bsd3Lbnl = [
    "BSD-3-Clause-LBNL"
    "Lawrence Berkeley National Labs BSD variant license"
  ];
  bsd3Modification = [
    "BSD-3-Clause-Modification"
    "BSD 3-Clause Modification"
  ];
  bsdOriginal = [
    "BSD-4-Clause"
    "BSD 4-clause \"Original\" or \"Old\" License"
  ];
  bsdOriginalShortened = [
    "BSD-4-Clause-Shortened"
    "BSD 4 Clause Shortened"
  ];
  bsdOriginalUC = [
    "BSD-4-Clause-UC"
    "BSD 4-Clause University of California-Specific"
  ];
  bsdProtection = [
    "BSD-Protection"
    "BSD Protection License"
  ];
  bsdSourceCode = [
    "BSD-Source-Code"
    "BSD Source Code Attribution"
  ];
  bsl11 = [
    "BUSL-1.1"
    "Business Source License 1.1"
  ];
  bzip2 = [
    "bzip2-1.0.6"
    "bzip2 and libbzip2 License v1.0.6"
  ];
  cal10 = [
    "CAL-1.0"
    "Cryptographic Autonomy License version 1.0 (CAL-1.0)"
  ];
  caldera = [
    "Caldera"
    "Caldera License"
  ];
  capec = [
    "CAPEC-tou"
    "Common Attack Pattern Enumeration and Classification License"
  ];
  cc-by-10 = [
    "CC-BY-1.0"
    "Creative Commons Attribution 1.0"
  ];
  cc-by-20 = [
    "CC-BY-2.0"
    "Creative Commons Attribution 2.0"
  ];
  cc-by-30 = [
    "CC-BY-3.0"
    "Creative Commons Attribution 3.0"
  ];
  cc-by-40 = [
    "CC-BY-4.0"
    "Creative Commons Attribution 4.0"
  ];
  cc-by-nc-30 = [
    "CC-BY-NC-3.0"
    "Creative Commons Attribution Non Commercial 3.0 Unported"
  ];
  cc-by-nc-40 = [
    "CC-BY-NC-4.0"
    "Creative Commons Attribution Non Commercial 4.0 International"
  ];
  cc-by-nc-nd-30 = [
    "CC-BY-NC-ND-3.0"
    "Creative Commons Attribution Non Commercial No Derivative Works 3.0 Unported"
  ];
  cc-by-nc-nd-40 = [
    "CC-BY-NC-ND-4.0"
    "Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International"
  ];
  cc-by-nc-sa-20 = [
    "CC-BY-NC-SA-2.0"
    "Creative Commons Attribution Non Commercial Share Alike 2.0"
  ];
  cc-by-nc-sa-25 = [
    "CC-BY-NC-SA-2.5"
    "Creative Commons Attribution Non Commercial Share Alike 2.5"
  ];
  cc-by-nc-sa-30 = [
    "CC-BY-NC-SA-3.0"
    "Creative Commons Attribution Non Commercial Share Alike 3.0"
  ];
  cc-by-nc-sa-40 = [
    "CC-BY-NC-SA-4.0"
    "Creative Commons Attribution Non Commercial Share Alike 4.0"
  ];
  cc-by-nd-30 = [
    "CC-BY-ND-3.0"
    "Creative Commons Attribution-No Derivative Works v3.00"
  ];
  cc-by-nd-40 = [
    "CC-BY-ND-4.0"
    "Creative Commons Attribution-No Derivative Works v4.0"
  ];
  cc-by-sa-10 = [
    "CC-BY-SA-1.0"
    "Creative Commons Attribution Share Alike 1.0"
  ];
  cc-by-sa-20 = [
    "CC-BY-SA-2.0"
    "Creative Commons Attribution Share Alike 2.0"
  ];
  cc-by-sa-25 = [
    "CC-BY-SA-2.5"
    "Creative Commons Attribution Share Alike 2.5"
  ];
  cc-by-sa-30 = [
    "CC-BY-SA-3.0"
    "Creative Commons Attribution Share Alike 3.0"
  ];
  cc-by-sa-40 = [
    "CC-BY-SA-4.0"
    "Creative Commons Attribution Share Alike 4.0"
  ];
  cc-sa-10 = [
    "CC-SA-1.0"
    "Creative Commons Share Alike 1.0"
  ];
  cc0 = [
    "CC0-1.0"
    "Creative Commons Zero v1.0 Universal"
  ];
  cddl = [
    "CDDL-1.0"
    "Common Development and Distribution License 1.0"
  ];
  cecill-b = [
    "CECILL-B"
    "CeCILL-B Free Software License Agreement"
  ];
  cecill-c = [
    "CECILL-C"
    "CeCILL-C Free Software License Agreement"
  ];
  cecill20 = [
    "CECILL-2.0"
    "CeCILL Free Software License Agreement v2.0"
  ];
  cecill21 = [
    "CECILL-2.1"
    "CeCILL Free Software License Agreement v2.1"
  ];
  cfitsio = [
    "CFITSIO"
    "CFITSIO License"
  ];
  clArtistic = [
    "ClArtistic"
    "Clarified Artistic License"
  ];
  classpathException20 = [
    "Classpath-exception-2.0"
    "Classpath exception 2.0"
  ];
  cnri-python = [
    "CNRI-Python"
    "CNRI Python License"
  ];
  cpal10 = [
    "CPAL-1.0"
    "Common Public Attribution License 1.0"
  ];
  cpl10 = [
    "CPL-1.0"
    "Common Public License 1.0"
  ];
  cronyx = [
    "Cronyx"
    "Cronyx License"
  ];
  curl = [
    "curl"
    "curl License"
  ];
  dec3Clause = [
    "DEC-3-Clause"
    "DEC 3-Clause License"
  ];
  doc = [
    "DOC"
    "DOC License"
  ];
  docBookDtd = [
    "DocBook-DTD"
    "DocBook DTD License"
  ];
  drl10 = [
    "DRL-1.0"
    "Detection Rule License 1.0"
  ];
  dtoa = [
    "dtoa"
    "dtoa License"
  ];
  ecl20 = [
    "ECL-2.0"
    "Educational Community License, Version 2.0"
  ];
  efl10 = [
    "EFL-1.0"
    "Eiffel Forum License v1.0"
  ];
  efl20 = [
    "EFL-2.0"
    "Eiffel Forum License v2.0"
  ];
  elastic20 = [
    "Elastic-2.0"
    "Elastic License 2.0"
  ];
  epl10 = [
    "EPL-1.0"
    "Eclipse Public License 1.0"
  ];
  epl20 = [
    "EPL-2.0"
    "Eclipse Public License 2.0"
  ];
  eupl11 = [
    "EUPL-1.1"
    "European Union Public License 1.1"
  ];
  eupl12 = [
    "EUPL-1.2"
    "European Union Public License 1.2"
  ];
  fair = [
    "Fair"
    "Fair License"
  ];
  fdl11Only = [
    "GFDL-1.1-only"
    "GNU Free Documentation License v1.1 only"
  ];
  fdl11Plus = [
    "GFDL-1.1-or-later"
    "GNU Free Documentation License v1.1 or later"
  ];
  fdl12Only = [
    "GFDL-1.2-only"
    "GNU Free Documentation License v1.2 only"
  ];
  fdl12Plus = [
    "GFDL-1.2-or-later"
    "GNU Free Documentation License v1.2 or later"
  ];
  fdl13Only = [
    "GFDL-1.3-only"
    "GNU Free Documentation License v1.3 only"
  ];
  fdl13Plus = [
    "GFDL-1.3-or-later"
    "GNU Free Documentation License v1.3 or later"
  ];
  fontException = [
    "Font-exception-2.0"
    "Font exception 2.0"
  ];
  fraunhofer-fdk = [
    "FDK-AAC"
    "Fraunhofer FDK AAC Codec Library"
  ];
  fsl11Asl20 = [
    "FSL-1.1-ALv2"
    "Functional Source License, Version 1.1, Apache 2.0 Future License"
  ];
  fsl11Mit = [
    "FSL-1.1-MIT"
    "Functional Source License, Version 1.1, MIT Future License"
  ];
  ftl = [
    "FTL"
    "Freetype Project License"
  ];
  giftware = [
    "Giftware"
    "Giftware License"
  ];
  gnuplot = [
    "gnuplot"
    "gnuplot License"
  ];
  gpl1Only = [
    "GPL-1.0-only"
    "GNU General Public License v1.0 only"
  ];
  gpl1Plus = [
    "GPL-1.0-or-later"
    "GNU General Public License v1.0 or later"
  ];
  gpl2 = [
    "GPL-2.0"
    "GNU General Public License v2.0"
  ];
  gpl2Only = [
    "GPL-2.0-only"
    "GNU General Public License v2.0 only"
  ];
  gpl2Plus = [
    "GPL-2.0-or-later"
    "GNU General Public License v2.0 or later"
  ];
  gpl3 = [
    "GPL-3.0"
    "GNU General Public License v3.0"
  ];
  gpl3Only = [
    "GPL-3.0-only"
    "GNU General Public License v3.0 only"
  ];
  gpl3Plus = [
    "GPL-3.0-or-later"
    "GNU General Public License v3.0 or later"
  ];
  hpnd = [
    "HPND"
    "Historic Permission Notice and Disclaimer"
  ];
  hpndDec = [
    "HPND-DEC"
    "Historical Permission Notice and Disclaimer - DEC variant"
  ];
  hpndDoc = [
    "HPND-doc"
    "Historical Permission Notice and Disclaimer - documentation variant"
  ];
  hpndDocSell = [
    "HPND-doc-sell"
    "Historical Permission Notice and Disclaimer - documentation sell variant"
  ];
  hpndSellVariant = [
    "HPND-sell-variant"
    "Historical Permission Notice and Disclaimer - sell variant"
  ];
  hpndSellVariantMitDisclaimerXserver = [
    "HPND-sell-MIT-disclaimer-xserver"
    "Historical Permission Notice and Disclaimer - sell xserver variant with MIT disclaimer"
  ];
  hpndSellVariantSafetyClause = [
    "HPND-sell-variant-critical-systems"
    "HPND - sell variant with safety critical systems clause"
  ];
  hpndUc = [
    "HPND-UC"
    "Historical Permission Notice and Disclaimer - University of California variant"
  ];
  hyphenBulgarian = [
    "hyphen-bulgarian"
    "hyphen-bulgarian License"
  ];
  iasl = [
    "Intel-ACPI"
    "Intel ACPI Software License Agreement"
  ];
  icu = [
    "ICU"
    "ICU"
  ];
  ijg = [
    "IJG"
    "Independent JPEG Group License"
  ];
  imagemagick = [
    "ImageMagick"
    "ImageMagick License"
  ];
  imlib2 = [
    "Imlib2"
    "Imlib2 License"
  ];
  info-zip = [
    "Info-ZIP"
    "Info-ZIP License"
  ];
  interbase = [
    "Interbase-1.0"
    "Interbase Public License v1.0"
  ];
  ipa = [
    "IPA"
    "IPA Font License"
  ];
  ipl10 = [
    "IPL-1.0"
    "IBM Public License v1.0"
  ];
  isc = [
    "ISC"
    "ISC License"
  ];
  json = [
    "JSON"
    "JSON License"
  ];
  knuth = [
    "Knuth-CTAN"
    "Knuth CTAN License"
  ];
  lal12 = [
    "LAL-1.2"
    "Licence Art Libre 1.2"
  ];
  lal13 = [
    "LAL-1.3"
    "Licence Art Libre 1.3"
  ];
  lgpl2 = [
    "LGPL-2.0"
    "GNU Library General Public License v2"
  ];
  lgpl21 = [
    "LGPL-2.1"
    "GNU Lesser General Public License v2.1"
  ];
  lgpl21Only = [
    "LGPL-2.1-only"
    "GNU Lesser General Public License v2.1 only"
  ];
  lgpl21Plus = [
    "LGPL-2.1-or-later"
    "GNU Lesser General Public License v2.1 or later"
  ];
  lgpl2Only = [
    "LGPL-2.0-only"
    "GNU Library General Public License v2 only"
  ];
  lgpl2Plus = [
    "LGPL-2.0-or-later"
    "GNU Library General Public License v2 or later"
  ];
  lgpl3 = [
    "LGPL-3.0"
    "GNU Lesser General Public License v3.0"
  ];
  lgpl3Only = [
    "LGPL-3.0-only"
    "GNU Lesser General Public License v3.0 only"
  ];
  lgpl3Plus = [
    "LGPL-3.0-or-later"
    "GNU Lesser General Public License v3.0 or later"
  ];
  lgpllr = [
    "LGPLLR"
    "Lesser General Public License For Linguistic Resources"
  ];
  libpng = [
    "Libpng"
    "libpng License"
  ];
  libpng2 = [
    "libpng-2.0"
    "PNG Reference Library version 2"
  ];
  libtiff = [
    "libtiff"
    "libtiff License"
  ];
  liliq-p-11 = [
    "LiLiQ-P-1.1"
    "Licence Libre du Québec – Permissive version 1.1"
  ];
  llvm-exception = [
    "LLVM-exception"
    "LLVM Exception"
  ];
  lpl-102 = [
    "LPL-1.02"
    "Lucent Public License v1.02"
  ];
  lppl1 = [
    "LPPL-1.0"
    "LaTeX Project Public License v1.0"
  ];
  lppl12 = [
    "LPPL-1.2"
    "LaTeX Project Public License v1.2"
  ];
  lppl13a = [
    "LPPL-1.3a"
    "LaTeX Project Public License v1.3a"
  ];
  lppl13c = [
    "LPPL-1.3c"
    "LaTeX Project Public License v1.3c"
  ];
  lsof = [
    "lsof"
    "lsof License"
  ];
  miros = [
    "MirOS"
    "MirOS License"
  ];
  mit = [
    "MIT"
    "MIT License"
  ];
  mit-cmu = [
    "MIT-CMU"
    "CMU License"
  ];
  mit-enna = [
    "MIT-enna"
    "enna License"
  ];
  mit-feh = [
    "MIT-feh"
    "feh License"
  ];
  mit-modern = [
    "MIT-Modern-Variant"
    "MIT License Modern Variant"
  ];
  mit0 = [
    "MIT-0"
    "MIT No Attribution"
  ];
  mitAdvertising = [
    "MIT-advertising"
    "Enlightenment License (e16)"
  ];
  mitOpenGroup = [
    "MIT-open-group"
    "MIT Open Group variant"
  ];
  mpich2 = [
    "mpich2"
    "mpich2 License"
  ];
  mpl10 = [
    "MPL-1.0"
    "Mozilla Public License 1.0"
  ];
  mpl11 = [
    "MPL-1.1"
    "Mozilla Public License 1.1"
  ];
  mpl20 = [
    "MPL-2.0"
    "Mozilla Public License 2.0"
  ];
  mplus = [
    "mplus"
    "M+ Font License"
  ];
  mspl = [
    "MS-PL"
    "Microsoft Public License"
  ];
  mulan-psl2 = [
    "MulanPSL-2.0"
    "Mulan Permissive Software License, Version 2"
  ];
  naist-2003 = [
    "NAIST-2003"
    "Nara Institute of Science and Technology License (2003)"
  ];
  nasa13 = [
    "NASA-1.3"
    "NASA Open Source Agreement 1.3"
  ];
  ncbiPd = [
    "NCBI-PD"
    "NCBI Public Domain Notice"
  ];
  ncsa = [
    "NCSA"
    "University of Illinois/NCSA Open Source License"
  ];
  ncul1 = [
    "NCUL1"
    "Netdata Cloud UI License v1.0"
  ];
  ngpl = [
    "NGPL"
    "Nethack General Public License"
  ];
  nistSoftware = [
    "NIST-Software"
    "NIST Software License"
  ];
  nlpl = [
    "NLPL"
    "No Limit Public License"
  ];
  nposl3 = [
    "NPOSL-3.0"
    "Non-Profit Open Software License 3.0"
  ];
  ntp = [
    "NTP"
    "NTP License"
  ];
  ocamlLgplLinkingException = [
    "OCaml-LGPL-linking-exception"
    "OCaml LGPL Linking Exception"
  ];
  odbl = [
    "ODbL-1.0"
    "Open Data Commons Open Database License v1.0"
  ];
  ofl = [
    "OFL-1.1"
    "SIL Open Font License 1.1"
  ];
  oml = [
    "OML"
    "Open Market License"
  ];
  openldap = [
    "OLDAP-2.8"
    "Open LDAP Public License v2.8"
  ];
  openssl = [
    "OpenSSL"
    "OpenSSL License"
  ];
  opubl = [
    "OPUBL-1.0"
    "Open Publication License v1.0"
  ];
  osl2 = [
    "OSL-2.0"
    "Open Software License 2.0"
  ];
  osl21 = [
    "OSL-2.1"
    "Open Software License 2.1"
  ];
  osl3 = [
    "OSL-3.0"
    "Open Software License 3.0"
  ];
  paratype = [
    "ParaType-Free-Font-1.3"
    "ParaType Free Font Licensing Agreement v1.3"
  ];
  parity70 = [
    "Parity-7.0.0"
    "Parity Public License 7.0.0"
  ];
  php301 = [
    "PHP-3.01"
    "PHP License v3.01"
  ];
  postgresql = [
    "PostgreSQL"
    "PostgreSQL License"
  ];
  psfl = [
    "Python-2.0"
    "Python Software Foundation License version 2"
  ];
  qhull = [
    "Qhull"
    "Qhull License"
  ];
  qpl = [
    "QPL-1.0"
    "Q Public License 1.0"
  ];
  qwtException = [
    "Qwt-exception-1.0"
    "Qwt exception 1.0"
  ];
  ruby = [
    "Ruby"
    "Ruby License"
  ];
  sendmail = [
    "Sendmail"
    "Sendmail License"
  ];
  sgi-b-20 = [
    "SGI-B-2.0"
    "SGI Free Software License B v2.0"
  ];
  sgmlug = [
    "SGMLUG-PM"
    "SGMLUG Parser Materials License"
  ];
  sissl11 = [
    "SISSL"
    "Sun Industry Standards Source License 1.1"
  ];
  sleepycat = [
    "Sleepycat"
    "Sleepycat License"
  ];
  smail = [
    "SMAIL-GPL"
    "SMAIL General Public License"
  ];
  smlnj = [
    "SMLNJ"
    "Standard ML of New Jersey License"
  ];
  sspl = [
    "SSPL-1.0"
    "Server Side Public License"
  ];
  sustainableUse = [
    "SUL-1.0"
    "Sustainable Use License"
  ];
  tcltk = [
    "TCL"
    "TCL/TK License"
  ];
  tcpWrappers = [
    "TCP-wrappers"
    "TCP Wrappers License"
  ];
  tekHvcLicense = [
    "TekHVC"
    "TekHVC License"
  ];
  torque11 = [
    "TORQUE-1.1"
    "TORQUE v2.5+ Software License v1.1"
  ];
  tost = [
    "Pixar"
    "Tomorrow Open Source Technology License 1.0"
  ];
  ubdlException = [
    "UBDL-exception"
    "Unmodified Binary Distribution exception"
  ];
  ufl = [
    "Ubuntu-font-1.0"
    "Ubuntu Font License 1.0"
  ];
  unicode-30 = [
    "Unicode-3.0"
    "Unicode License v3"
  ];
  unicode-dfs-2015 = [
    "Unicode-DFS-2015"
    "Unicode License Agreement - Data Files and Software (2015)"
  ];
  unicode-dfs-2016 = [
    "Unicode-DFS-2016"
    "Unicode License Agreement - Data Files and Software (2016)"
  ];
  unicodeTOU = [
    "Unicode-TOU"
    "Unicode Terms of Use"
  ];
  universalFOSSException-10 = [
    "Universal-FOSS-exception-1.0"
    "Universal FOSS Exception, Version 1.0"
  ];
  unlicense = [
    "Unlicense"
    "The Unlicense"
  ];
  upl = [
    "UPL-1.0"
    "Universal Permissive License"
  ];
  vim = [
    "Vim"
    "Vim License"
  ];
  vsl10 = [
    "VSL-1.0"
    "Vovida Software License v1.0"
  ];
  w3c = [
    "W3C"
    "W3C Software Notice and License"
  ];
  w3c-19980720 = [
    "W3C-19980720"
    "W3C Software Notice and License (1998-07-20)"
  ];
  watcom = [
    "Watcom-1.0"
    "Sybase Open Watcom Public License 1.0"
  ];
  wtfpl = [
    "WTFPL"
    "Do What The F*ck You Want To Public License"
  ];
  wxWindowsException31 = [
    "WxWindows-exception-3.1"
    "wxWindows Library Licence, Version 3.1"
  ];
  x11 = [
    "X11"
    "X11 License"
  ];
  x11NoPermitPersons = [
    "X11-no-permit-persons"
    "X11 no permit persons clause"
  ];
  xerox = [
    "Xerox"
    "Xerox License"
  ];
  xfig = [
    "Xfig"
    "xfig"
  ];
  xinetd = [
    "xinetd"
    "xinetd License"
  ];
  xskat = [
    "XSkat"
    "XSkat License"
  ];
  zlib = [
    "Zlib"
    "zlib License"
  ];
  zpl20 = [
    "ZPL-2.0"
    "Zope Public License 2.0"
  ];
  zpl21 = [
    "ZPL-2.1"
    "Zope Public License 2.1"
  ];
}
