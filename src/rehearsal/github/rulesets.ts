import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import picomatch from 'picomatch'
import { isoSeconds } from './git-text.ts'
import { notFound, Refused } from './refuse.ts'
import { bodyOf, json, page, required, text, type Call, type Json, type Route } from './route.ts'
import type { GithubState, RepositoryState } from './state.ts'
import { repoUrl } from './views.ts'

/** A ruleset as stored; its rules are kept as they came. */
interface RulesetState {
  id: number
  name: string
  target: string
  enforcement: string
  bypassActors: unknown[]
  include: string[]
  exclude: string[]
  rules: { type: string }[]
  createdAt: string
}

/** What may be done to a ref, in the words of rules. */
export type RefChange = 'creation' | 'update' | 'deletion'

const DOC = 'repos/rules'
const ONE = '/repos/{owner}/{repo}/rulesets/{ruleset_id}'

/** Rulesets, of which tag rules are obeyed: https://docs.github.com/en/rest/repos/rules */
export const rulesetRoutes: Route[] = [
  {
    method: 'GET',
    path: '/repos/{owner}/{repo}/rulesets',
    doc: `${DOC}#get-all-repository-rulesets`,
    run: (call) => page(call, rulesetsOf(call.state, call.repo), (one) => view(call, one)),
  },
  {
    method: 'POST',
    path: '/repos/{owner}/{repo}/rulesets',
    doc: `${DOC}#create-a-repository-ruleset`,
    needs: 'administration',
    run: (call) => save(call, undefined),
  },
  {
    method: 'GET',
    path: ONE,
    doc: `${DOC}#get-a-repository-ruleset`,
    run: (call) => json(view(call, rulesetOf(call))),
  },
  {
    method: 'PUT',
    path: ONE,
    doc: `${DOC}#update-a-repository-ruleset`,
    needs: 'administration',
    run: (call) => save(call, rulesetOf(call)),
  },
  {
    method: 'DELETE',
    path: ONE,
    doc: `${DOC}#delete-a-repository-ruleset`,
    needs: 'administration',
    run(call) {
      call.state.store.remove(`rulesets/${call.repo.id}/${rulesetOf(call).id}`)
      return new Response(null, { status: 204 })
    },
  },
]

function rulesetsOf(state: GithubState, repo: RepositoryState): RulesetState[] {
  return state.store.list(`rulesets/${repo.id}/`).flatMap((name) => state.store.read<RulesetState>(name) ?? [])
}

function rulesetOf(call: Call): RulesetState {
  const found = rulesetsOf(call.state, call.repo).find((one) => one.id === Number(call.params['ruleset_id']))
  if (found === undefined) throw notFound()
  return found
}

async function save(call: Call, before: RulesetState | undefined): Promise<Response> {
  const body = await bodyOf(call)
  const names = (((body['conditions'] ?? {}) as Json)['ref_name'] ?? {}) as { include?: string[]; exclude?: string[] }
  const ruleset: RulesetState = {
    id: before?.id ?? call.state.nextId(),
    name: before === undefined ? required(body, 'name') : (text(body, 'name') ?? before.name),
    target: text(body, 'target') ?? before?.target ?? 'branch',
    enforcement:
      before === undefined ? required(body, 'enforcement') : (text(body, 'enforcement') ?? before.enforcement),
    bypassActors: (body['bypass_actors'] as unknown[] | undefined) ?? before?.bypassActors ?? [],
    include: names.include ?? before?.include ?? [],
    exclude: names.exclude ?? before?.exclude ?? [],
    rules: (body['rules'] as { type: string }[] | undefined) ?? before?.rules ?? [],
    createdAt: before?.createdAt ?? isoSeconds(new Date()),
  }
  call.state.store.write(`rulesets/${call.repo.id}/${ruleset.id}`, ruleset)
  return json(view(call, ruleset), before === undefined ? 201 : 200)
}

function view(call: Call, one: RulesetState): unknown {
  return {
    id: one.id,
    name: one.name,
    target: one.target,
    source_type: 'Repository',
    source: `${call.repo.owner}/${call.repo.name}`,
    enforcement: one.enforcement,
    bypass_actors: one.bypassActors,
    conditions: { ref_name: { include: one.include, exclude: one.exclude } },
    rules: one.rules,
    node_id: `RRS_${one.id}`,
    created_at: one.createdAt,
    updated_at: one.createdAt,
    _links: { self: { href: `${repoUrl(call.repo)}/rulesets/${one.id}` } },
  }
}

const WORDS: Record<RefChange, string> = {
  creation: 'Cannot create ref due to creations being restricted.',
  update: 'Cannot update this protected ref.',
  deletion: 'Cannot delete this protected ref.',
}

/** Refuses a change to a tag that a ruleset or an immutable release forbids. Who may bypass a ruleset is not looked at. */
export function checkTagRules(call: Call, ref: string, change: RefChange): void {
  const { state, repo } = call
  const refused = locks(state, repo).some(
    (lock) =>
      lock.change === change &&
      picomatch.isMatch(ref, lock.include, { dot: true }) &&
      !(lock.exclude.length > 0 && picomatch.isMatch(ref, lock.exclude, { dot: true })),
  )
  if (refused) throw new Refused(422, `Repository rule violations found\n\n${WORDS[change]}\n\n`)
}

interface Lock {
  change: RefChange
  include: string[]
  exclude: string[]
}

function locks(state: GithubState, repo: RepositoryState): Lock[] {
  const ofRules = rulesetsOf(state, repo)
    .filter((one) => one.target === 'tag' && one.enforcement === 'active')
    .flatMap((one) =>
      one.rules.flatMap(({ type }): Lock[] =>
        type === 'creation' || type === 'update' || type === 'deletion'
          ? [
              {
                change: type,
                include: one.include.map((name) => (name === '~ALL' ? 'refs/tags/**' : name)),
                exclude: one.exclude,
              },
            ]
          : [],
      ),
    )
  const published = state.releases(repo).filter((one) => one.immutable && !one.draft)
  const literal = (tag: string): string => `refs/tags/${tag.replace(/[\\*?[\]{}()!+@|]/g, '\\$&')}`
  const ofReleases = published.flatMap(({ tag }): Lock[] => [
    { change: 'update', include: [literal(tag)], exclude: [] },
    { change: 'deletion', include: [literal(tag)], exclude: [] },
  ])
  const ofBurnt = repo.burntTags.map((tag): Lock => ({ change: 'creation', include: [literal(tag)], exclude: [] }))
  return [...ofRules, ...ofReleases, ...ofBurnt]
}

/** Leaves the locks where the update hook of the repository reads them: `change name excepted…` in a line each. */
export function writeLocks(state: GithubState, repo: RepositoryState): void {
  const lines = locks(state, repo).flatMap((lock) =>
    lock.include.map((name) => [lock.change, name, ...lock.exclude].join(' ').replaceAll('**', '*')),
  )
  writeFileSync(join(state.gitFolder(repo), 'locks'), lines.map((line) => `${line}\n`).join(''))
}

/** The hook that refuses a push as GitHub does. `case` matches the names as patterns and runs nothing. */
export const UPDATE_HOOK = `#!/bin/sh
zero=0000000000000000000000000000000000000000
change=update words='${WORDS.update}'
[ "$2" = $zero ] && change=creation words='${WORDS.creation}'
[ "$3" = $zero ] && change=deletion words='${WORDS.deletion}'
[ -f locks ] || exit 0
while read -r which name excepted; do
  [ "$which" = $change ] || continue
  case "$1" in $name) ;; *) continue ;; esac
  set -f
  for other in $excepted; do case "$1" in $other) continue 2 ;; esac; done
  echo "error: GH013: Repository rule violations found for $1." >&2
  echo "- $words" >&2
  exit 1
done < locks
exit 0
`
