/**
 * Folders that belong to the system itself: those of Fedora's package "filesystem", and of "logrotate" (`rpm -ql filesystem`). A package that
 * claimed them would clash with it, so a tree leaves their owner alone, and an rpm does not name them.
 */
const FOLDERS: Record<string, string> = {
  '/': 'afs bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var',
  '/etc': 'X11 bash_completion.d keys logrotate.d opt pki pm rwtab.d skel statetab.d sysconfig xdg',
  '/etc/X11': 'applnk fontpath.d xinit',
  '/etc/X11/xinit': 'xinitrc.d xinput.d',
  '/etc/keys': 'ima',
  '/etc/pm': 'config.d power.d sleep.d',
  '/etc/xdg': 'autostart',
  '/usr': 'bin games include lib lib64 libexec local sbin share src tmp',
  '/usr/lib': '.build-id debug games locale modules sysimage systemd sysusers.d tmpfiles.d',
  '/usr/lib/.build-id': 'ae',
  '/usr/lib/debug': '.dwz bin lib lib64 sbin usr',
  '/usr/lib/debug/usr': '.dwz bin lib lib64 sbin',
  '/usr/lib/systemd': 'system user',
  '/usr/lib64': 'X11 bpf games pm-utils',
  '/usr/lib64/pm-utils': 'module.d power.d sleep.d',
  '/usr/local': 'bin etc games include lib lib64 libexec sbin share src',
  '/usr/local/lib64': 'bpf',
  '/usr/local/share': 'applications info man',
  '/usr/local/share/man':
    'man1 man1x man2 man2x man3 man3x man4 man4x man5 man5x man6 man6x man7 man7x man8 man8x man9 man9x mann',
  '/usr/share':
    'X11 aclocal appdata applications augeas backgrounds bash-completion desktop-directories dict doc empty fish games gnome help icons idl info licenses locale man metainfo mime-info misc omf pixmaps sounds themes wayland-sessions xsessions zsh',
  '/usr/share/X11': 'fonts',
  '/usr/share/augeas': 'lenses',
  '/usr/share/bash-completion': 'completions helpers',
  '/usr/share/fish': 'vendor_completions.d',
  '/usr/share/licenses': 'logrotate',
  '/usr/share/locale': 'en_US',
  '/usr/share/locale/en_US': 'LC_MESSAGES',
  '/usr/share/man':
    'man0p man1 man1p man1x man2 man2x man3 man3p man3x man4 man4x man5 man5x man6 man6x man7 man7x man8 man8x man9 man9x mann',
  '/usr/share/zsh': 'site-functions',
  '/usr/src': 'debug kernels',
  '/var': 'adm cache db empty ftp games lib local log mail nis opt preserve run spool tmp yp',
  '/var/lib': 'games logrotate misc rpm-state',
  '/var/spool': 'lpd mail',
}

const OWNED = new Set(
  Object.entries(FOLDERS).flatMap(([parent, names]) =>
    names.split(' ').map((name) => (parent === '/' ? `/${name}` : `${parent}/${name}`)),
  ),
)

/** @example ownedBySystem('/usr/bin') // true */
export function ownedBySystem(path: string): boolean {
  return OWNED.has(path)
}
