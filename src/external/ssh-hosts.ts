/**
 * Keys of hosts that are known beforehand, so that nobody between can pose as them: those that the AUR shows on its front page
 * (SHA256 RFzBCUItH9LZS0cKB5UE6ceAYhBD5C8GeOBip8Z11+4, uTa/0PndEgPZTf76e1DFqXKJEXKsn7m9ivhLQtzGOCI,
 * 5s5cIyReIfNNVGRFdDbe3hdYiI5OelHGpw2rOUud3Q8).
 */
const PINNED: Readonly<Record<string, string[]>> = {
  'aur.archlinux.org': [
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEuBKrPzbawxA/k2g6NcyV5jmqwJ2s+zpgZGZ7tpLIcN',
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBLMiLrP8pVi5BFX2i3vepSUnpedeiewE5XptnUnau+ZoeUOPkpoCgZZuYfpaIQfhhJJI5qgnjJmr4hyJbe/zxow=',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDKF9vAFWdgm9Bi8uc+tYRBmXASBb5cB5iZsB7LOWWFeBrLp3r14w0/9S2vozjgqY5sJLDPONWoTTaVTbhe3vwO8CBKZTEt1AcWxuXNlRnk9FliR1/eNB9uz/7y1R0+c1Md+P98AJJSJWKN12nqIDIhjl2S1vOUvm7FNY43fU2knIhEbHybhwWeg+0wxpKwcAd/JeL5i92Uv03MYftOToUijd1pqyVFdJvQFhqD4v3M157jxS5FTOBrccAEjT+zYmFyD8WvKUa9vUclRddNllmBJdy4NyLB8SvVZULUPrP3QOlmzemeKracTlVOUG1wsDbxknF1BwSCU7CmU6UFP90kpWIyz66bP0bl67QAvlIc52Yix7pKJPbw85+zykvnfl2mdROsaT8p8R9nwCdFsBc9IiD0NhPEHcyHRwB8fokXTajk2QnGhL+zP5KnkmXnyQYOCUYo3EKMXIlVOVbPDgRYYT/XqvBuzq5S9rrU70KoI/S5lDnFfx/+lPLdtcnnEPk=',
  ],
}

/** Lines of a known_hosts file for a host whose keys are pinned; none for others. */
export function pinnedHosts(host: string): string[] {
  return (PINNED[host] ?? []).map((key) => `${host} ${key}`)
}
