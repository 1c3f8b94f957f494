/** npm's own form, which trusted publishing and provenance compare with the repository. @example gitUrl('https://github.com/acme/hello') // 'git+https://github.com/acme/hello.git' */
export function gitUrl(repository: string): string {
  if (!repository.startsWith('https://')) return repository
  return `git+${repository.replace(/\.git$/, '')}.git`
}
