/** Names in nixpkgs' `lib.licenses` (lib/licenses.nix). */
const NAMES = `
  abstyles acsl14 activision adobeDisplayPostScript adobeUtopia afl20 afl21 afl3 agpl3Only agpl3Plus aladdin
  amazonsl amd aml ampas aom apple-psl10 apple-psl20 apsl10 apsl20 arphicpl artistic1 artistic1-cl8 artistic2
  asl11 asl20 baekmuk beerware bitTorrent10 bitTorrent11 bitstreamCharter bitstreamVera blueOak100 boehmGC
  bola11 boost bsd0 bsd1 bsd2 bsd2Patent bsd2WithViews bsd3 bsd3ClauseTso bsd3Clear bsd3Lbnl bsd3Modification
  bsdAxisNoDisclaimerUnmodified bsdOriginal bsdOriginalShortened bsdOriginalUC bsdProtection bsdSourceCode
  bsl11 bzip2 cal10 caldera capec cc-by-10 cc-by-20 cc-by-30 cc-by-40 cc-by-nc-30 cc-by-nc-40 cc-by-nc-nd-30
  cc-by-nc-nd-40 cc-by-nc-sa-20 cc-by-nc-sa-25 cc-by-nc-sa-30 cc-by-nc-sa-40 cc-by-nd-30 cc-by-nd-40
  cc-by-sa-10 cc-by-sa-20 cc-by-sa-25 cc-by-sa-30 cc-by-sa-40 cc-sa-10 cc0 cddl cecill-b cecill-c cecill20
  cecill21 cfitsio clArtistic classpathException20 cnri-python cockroachdb-community-license commons-clause
  cpal10 cpl10 cronyx curl databricks databricks-dbx databricks-license dec3Clause doc docBookDtd drl10 dtoa
  eapl ecl20 efl10 efl20 elastic20 epl10 epl20 epson eupl11 eupl12 fair fairsource09 fdl11Only fdl11Plus
  fdl12Only fdl12Plus fdl13Only fdl13Plus ffsl fontException fraunhofer-fdk free fsl11Asl20 fsl11Mit ftl g4sl
  generaluser geogebra gfl gfsl giftware gnuplot gpl1Only gpl1Plus gpl2 gpl2Only gpl2Plus gpl3 gpl3Only
  gpl3Plus hl3 hpnd hpndDec hpndDifferentDisclaimer hpndDoc hpndDocSell hpndSellVariant
  hpndSellVariantMitDisclaimerXserver hpndSellVariantSafetyClause hpndUc hyphenBulgarian iasl icu ijg
  imagemagick imlib2 info-zip inria-compcert inria-icesl inria-zelus intel-eula interbase ipa ipl10 isc issl
  json knuth lal12 lal13 lens lgpl2 lgpl21 lgpl21Only lgpl21Plus lgpl2Only lgpl2Plus lgpl3 lgpl3Only
  lgpl3Plus lgpllr libpng libpng2 libtiff liliq-p-11 llgpl21 llvm-exception lpl-102 lppl1 lppl12 lppl13a
  lppl13c lsof miros mit mit-cmu mit-enna mit-feh mit-modern mit0 mitAdvertising mitOpenGroup mpich2 mpl10
  mpl11 mpl20 mplus mspl mulan-psl2 naist-2003 nasa13 ncbiPd ncsa ncul1 ngpl nistSoftware nlpl nposl3 ntp
  nvidiaCuda nvidiaCudaRedist obsidian ocamlLgplLinkingException ocamlpro_nc odbl ofl oml openldap openssl
  opubl osl2 osl21 osl3 paratype parity70 php301 postgresql postman prosperity30 psfl publicDomain qhull qpl
  qwtException ruby sendmail sfl sgi-b-20 sgmlug sissl11 sleepycat smail smlnj sspl stk sudo sustainableUse
  tcltk tcpWrappers teamspeak tekHvcLicense torque11 tost tsl ubdlException ucd ufl unfree
  unfreeRedistributable unfreeRedistributableFirmware unicode-30 unicode-dfs-2015 unicode-dfs-2016 unicodeTOU
  universalFOSSException-10 unlicense upl vim virtualbox-puel vol-sl vsl10 w3c w3c-19980720 wadalab watcom
  wtfpl wxWindowsException31 x11 x11BsdClause x11NoPermitPersons xerox xfig xinetd xskat zlib zpl20 zpl21
`

/** What `license:` of a Nix package may be: a name of nixpkgs, not an SPDX identifier. */
export const NIX_LICENSES: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/))
