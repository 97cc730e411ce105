/** Where the files of `mirror://SITE/` are, the preferred address first. */
{
  apache = [
    "https://dlcdn.apache.org/"
    "https://archive.apache.org/dist/"
  ];
  debian = [
    "https://deb.debian.org/debian/"
    "https://archive.debian.org/debian/"
  ];
  gcc = [ "https://gcc.gnu.org/pub/gcc/" ];
  gnome = [ "https://download.gnome.org/" ];
  gnu = [
    "https://ftpmirror.gnu.org/"
    "https://ftp.gnu.org/pub/gnu/"
  ];
  kernel = [ "https://cdn.kernel.org/pub/" ];
  pypi = [ "https://files.pythonhosted.org/packages/source/" ];
  savannah = [
    "https://download.savannah.nongnu.org/releases/"
    "https://ftp.gnu.org/non-gnu/"
  ];
  sourceforge = [
    "https://downloads.sourceforge.net/"
    "https://master.dl.sourceforge.net/project/"
  ];
  ubuntu = [ "https://archive.ubuntu.com/ubuntu/" ];
  xorg = [ "https://xorg.freedesktop.org/releases/" ];
}
