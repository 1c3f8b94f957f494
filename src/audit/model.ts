import type { Position } from '../core/errors.ts'

// The words of the audit. Plain data, each with its place in the repository.

/** What happens on GitHub. `ref` is whole: `refs/tags/v1.2.3`. */
export interface Occurrence {
  event:
    | 'push'
    | 'create'
    | 'delete'
    | 'release'
    | 'workflow_dispatch'
    | 'schedule'
    | 'workflow_run'
    | 'repository_dispatch'
    | 'pull_request'
    | (string & {})
  /** Activity type: `published` of a release, `completed` of a workflow_run. */
  action?: string
  ref: string
  /** The commit that the files are read from. */
  commit: string
  /** Subject and body of that commit; `[skip ci]` is looked for in it. */
  commitMessage?: string
  /** Tags that the same push brought; more than three give no event. */
  tagsInPush?: number
  /** Paths the push changed, for `paths` filters of branch pushes. */
  changedPaths?: string[]
  inputs?: Record<string, string>
  /** workflow_run: name of the workflow that ended, and its conclusion. */
  workflowRun?: { name: string; conclusion: string; depth: number; headBranch?: string; event?: string }
  /** workflow_dispatch: the one workflow that is started, by its path; without it, each that may be. */
  only?: string
  /** repository_dispatch: its event type. */
  dispatchType?: string
  /** Who caused it; what GITHUB_TOKEN causes starts nothing, dispatches excepted. */
  actor?: 'user' | 'GITHUB_TOKEN' | 'app'
}

/** Why a workflow, a job or a step runs or does not. */
export type RunState =
  | 'runs'
  | 'skipped'
  /** The file cannot be read as a workflow. `wouldMatch` says whether it meant to run. */
  | 'invalid'
  /** GitHub itself holds it back: skip-ci, more than three tags, GITHUB_TOKEN, disabled. */
  | 'suppressed'
  /** Depends on what is only known when it runs. */
  | 'unknown'

export interface Workflow {
  /** Path in the repository: `.github/workflows/release.yml`. */
  path: string
  /** `name:`, or the path. */
  name: string
  /** Events with their filters, each with its place. */
  triggers: Trigger[]
  jobs: Job[]
  permissions?: Permissions
  concurrency?: { group: string; cancelInProgress: string; where: Position }
  env: Record<string, string>
  /** What GitHub's parser says is wrong; a workflow with one does not run. */
  problems: { message: string; where: Position }[]
  text: string
}

export interface Trigger {
  event: string
  types?: string[]
  branches?: string[]
  branchesIgnore?: string[]
  tags?: string[]
  tagsIgnore?: string[]
  paths?: string[]
  pathsIgnore?: string[]
  /** workflow_run. */
  workflows?: string[]
  cron?: string[]
  inputs?: Record<string, { type: string; default?: string; required: boolean; description?: string }>
  where: Position
}

/** Scope → `read` | `write` | `none`; `*` for read-all and write-all. */
export type Permissions = Record<string, 'read' | 'write' | 'none'>

export interface Job {
  id: string
  name: string
  if?: { text: string; where: Position }
  needs: string[]
  runsOn: string
  environment?: string
  permissions?: Permissions
  env: Record<string, string>
  /** Values of the matrix as written; expressions stay text. */
  matrix?: Record<string, unknown>
  /** A matrix that is an expression as a whole. */
  matrixExpression?: string
  concurrency?: { group: string; cancelInProgress: string; where: Position }
  /** A reusable workflow that is called instead of steps. */
  uses?: string
  with: Record<string, string>
  secrets: Record<string, string> | 'inherit'
  steps: Step[]
  where: Position
}

export interface Step {
  /** From 0. */
  index: number
  id?: string
  /** `name:`, or what it runs. */
  name: string
  if?: { text: string; where: Position }
  uses?: string
  run?: string
  shell?: string
  workingDirectory?: string
  with: Record<string, string>
  env: Record<string, string>
  continueOnError: boolean
  where: Position
  /** Where the first line of `run:` stands. */
  runWhere?: Position
}

/** What a step does to the world. */
export interface Effect {
  kind: 'create-release' | 'upload-assets' | 'publish' | 'push-tag' | 'push-commit' | 'dispatch' | 'deploy'
  /** `publish`: npm, pypi, homebrew, chocolatey, snap, aur, docker, scoop, winget, krew, nix, cargo, … */
  channel?: string
  /** Package, image, tap or repository; expressions stay text. */
  name?: string
  /** Tag or ref it acts on, where it is said. */
  target?: string
  /** Secrets it reads, by name. */
  secrets: string[]
  /** The token it speaks to GitHub with: a secret's name, or the expression. */
  token?: string
  /** create-release: it stays a draft until a person publishes it. */
  draft?: boolean
  /** dispatch: what it hands over. */
  inputs?: Record<string, string>
  /** How it was found: the action, the command, the script it follows. */
  through: string
  /** Where the bytes come from, as far as the step tells. */
  source: 'hub' | 'rebuild' | 'own' | 'unknown'
  where: Position
}

export interface ExplainedStep {
  name: string
  state: RunState
  reason: string
  effects: Effect[]
  /** A matrix job: those of its combinations (from 0) in which the step runs or may run. */
  combinations?: number[]
  where: Position
}

export interface ExplainedJob {
  id: string
  state: RunState
  reason: string
  steps: ExplainedStep[]
  where: Position
  /** A matrix that is written out: what each of its jobs runs with. */
  combinations?: Record<string, unknown>[]
  /** The workflow that a `uses:` job calls, explained. */
  calls?: ExplainedWorkflow
}

export interface ExplainedWorkflow {
  path: string
  name: string
  state: RunState
  reason: string
  /** invalid only: whether its triggers would have matched. */
  wouldMatch?: boolean
  jobs: ExplainedJob[]
  where: Position
}

/** Two or more writers of the same thing. */
export interface Collision {
  kind: 'release' | 'channel' | 'tag'
  /** `release v2.0.1`, `npm hello`. */
  what: string
  writers: { workflow: string; job: string; step: string; where: Position }[]
}

/** The answer of `tagonce explain`. */
export interface Explanation {
  occurrence: Occurrence
  /** Every workflow of the commit, whether it runs or not. */
  workflows: ExplainedWorkflow[]
  collisions: Collision[]
  /** What follows from what runs: a release event, a dispatch, a workflow_run. */
  next: { because: string; occurrence: Occurrence; explanation?: Explanation; suppressed?: string }[]
}

/** A finding of a rule. */
export interface Finding {
  rule: string
  severity: 'error' | 'warning' | 'info'
  message: string
  where: Position
  /** What it rests on, each with its place where it has one. */
  evidence: { text: string; where?: Position }[]
  mend: string
  /** From tagonce.yaml, when silenced. */
  silenced?: string
}
