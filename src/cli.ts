import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { type Context, runCommand } from './cli/context.ts'
import { duration } from './cli/duration.ts'
import { ExitCode } from './core/errors.ts'
import { VERSION } from './version.ts'

// What the program can do: one table of commands, each imported when it is called.

/** `a,b`; an option that is given twice says both. */
const list = (text: string, before: string[] = []): string[] => [
  ...before,
  ...text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
]
const count = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('a whole number is needed.')
  return value
}

/** The current folder; none where it was removed under the shell's feet. */
const here = (): string | undefined => {
  try {
    return process.cwd()
  } catch {
    return undefined
  }
}

const program = new Command('tagonce')
  .description('Tag once. Every package manager follows.')
  .version(VERSION, '-v, --version', 'print the version')
  .helpOption('-h, --help', 'print this help')
  .showSuggestionAfterError()
  .exitOverride()
  .option('-C, --dir <folder>', 'the folder of the project', '.')
  .option('--json', 'everything that happens, one JSON object a line')
  .option('-q, --quiet', 'no progress, only results')
  .addOption(new Option('--verbose', 'accepted for the sake of scripts').hideHelp())

const run = async (command: (context: Context) => Promise<ExitCode>): Promise<void> => {
  const options = program.opts()
  const json = options.json === true ? { json: true as const } : {}
  const quiet = options.quiet === true ? { quiet: true as const } : {}
  const from = here()
  if (from === undefined) return program.error('the current folder does not exist any more; change to another one')
  process.exitCode = await runCommand(resolve(from, options.dir), { dir: options.dir, ...json, ...quiet }, command)
}

program
  .command('rehearse')
  .description('the whole release on this machine, against local servers, with real clients; no account, token or tag')
  .option('--as <tag>', 'the tag to rehearse (default: the next patch version)')
  .option('--offline', 'nothing is read from outside, not even modules or base images')
  .option('-f, --config <file>', 'the config to read')
  .option('--folder <folder>', 'where the rehearsal and its local world live (default: a folder of the temp folder)')
  .option('--skip <list>', 'what to pass over, by name', list)
  .option('-p, --parallelism <n>', 'how many builds run side by side (0: as many as there are cores)', count)
  .action((options) => run(async (context) => (await import('./cli/rehearse.ts')).rehearseCommand(context, options)))

program
  .command('release')
  .alias('r')
  .description('build, store in the hub, publish to every channel')
  .option('-f, --config <file>', 'the config to read')
  .option('--snapshot', 'build and pack only; nothing is published, no tag is needed')
  .option(
    '--nightly',
    'this commit under a version of its own (`nightly.version_template`); published where `nightly.publish_release` is set',
  )
  .option('--clean', 'empty dist first')
  .option('--skip <list>', 'what to pass over, by name', list)
  .option('--release-notes <file>', 'Markdown for the release, instead of the changelog')
  .option('--release-notes-tmpl <file>', 'the same, a template; it wins over --release-notes')
  .option('--release-header <file>', 'Markdown before the changelog')
  .option('--release-header-tmpl <file>', 'the same, a template; it wins over --release-header')
  .option('--release-footer <file>', 'Markdown after the changelog')
  .option('--release-footer-tmpl <file>', 'the same, a template; it wins over --release-footer')
  .option('--auto-snapshot', 'a snapshot, when the tree is dirty')
  .option('--draft', 'leave the release a draft, whatever the config says')
  .option('--fail-fast', 'accepted for GoReleaser; here no channel waits for another')
  .option('--timeout <duration>', 'give up after this time, such as 30m (default: 1h)', duration)
  .option('-p, --parallelism <n>', 'how many builds run side by side (0: as many as there are cores)', count)
  .action((options) => run(async (context) => (await import('./cli/release.ts')).releaseCommand(context, options)))

program
  .command('changelog')
  .description('the changelog as the next release would have it, without making one')
  .option('-f, --config <file>', 'the config to read')
  .option('--use <source>', 'git, github or github-native, whatever the config says')
  .action((options) => run(async (context) => (await import('./cli/changelog.ts')).changelogCommand(context, options)))

program
  .command('check')
  .alias('c')
  .description('read the config and say all that is wrong with it; exit 0 valid, 2 deprecated keys, 1 invalid')
  .argument('[files...]')
  .option('-f, --config <file>', 'the config to read')
  .option('--fix', 'rewrite deprecated keys and those of version 1; comments and layout stay')
  .action((files, options) =>
    run(async (context) => (await import('./cli/check.ts')).checkCommand(context, files, options)),
  )

program
  .command('init')
  .alias('i')
  .description('write a first .goreleaser.yaml for the project of this folder')
  .option('-l, --language <language>', 'go, rust, node, bun, deno, zig, uv or poetry (default: what the files say)')
  .option('-f, --config <file>', 'the file to write (default: .goreleaser.yaml)')
  .action((options) => run(async (context) => (await import('./cli/init.ts')).initCommand(context, options)))

program
  .command('migrate')
  .description(
    'hold a snapshot of tagonce beside one of GoReleaser: exit 0 when it is safe to switch, 1 when they differ',
  )
  .option('--compare', 'make both snapshots of HEAD, each in a clone of its own, and show what differs')
  .option('--goreleaser <path>', 'the GoReleaser to compare with (default: the one on the PATH)')
  .option('--skip <list>', 'what both pass over, by name', list)
  .action((options) => run(async (context) => (await import('./cli/migrate.ts')).migrateCommand(context, options)))

program
  .command('jsonschema')
  .alias('schema')
  .description('the JSON Schema of the config, for editors')
  .option('--own', 'that of tagonce.yaml')
  .option('-o, --output <file>', 'write it to a file')
  .action((options) =>
    run(async (context) => (await import('./cli/jsonschema.ts')).jsonSchemaCommand(context, options)),
  )

program
  .command('plan')
  .description('everything a release would make and publish, as a table; nothing is run')
  .option('-f, --config <file>', 'the config to read')
  .option('--snapshot', 'plan a snapshot')
  .action((options) => run(async (context) => (await import('./cli/plan.ts')).planCommand(context, options)))

program
  .command('build')
  .alias('b')
  .description('build the binaries only')
  .option('-f, --config <file>', 'the config to read')
  .option('--snapshot', 'no tag is needed, a dirty tree is allowed')
  .option('--auto-snapshot', 'a snapshot where the folder has changes that are not committed')
  .option('--clean', 'empty dist first')
  .option('--single-target', "only this machine's target (or that of TARGET, or of GOOS and GOARCH)")
  .option('--id <id...>', 'only builds of these ids')
  .option('-o, --output <path>', 'copy the one binary of --single-target here')
  .option('--skip <list>', 'pre-hooks, post-hooks, before, validate', list)
  .option('-p, --parallelism <n>', 'how many builds run side by side (0: as many as there are cores)', count)
  .option('--timeout <duration>', 'stop after this time, such as 90s or 1h30m (default: 1h)', duration)
  .action((options) => run(async (context) => (await import('./cli/build.ts')).buildCommand(context, options)))

program
  .command('adopt')
  .description('make a release that another tool made into a hub: seal a manifest from its files, and upload it')
  .argument('<tag>')
  .option('-f, --config <file>', 'the config to read')
  .option('--skip <list>', 'spokes to pass over, by name', list)
  .option('--dry-run', 'only look, and print the manifest')
  .action((tag, options) =>
    run(async (context) => (await import('./cli/adopt.ts')).adoptCommand(context, tag, options)),
  )

program
  .command('publish')
  .description('run spokes from the hub alone, now or later; all of them, or those that are named')
  .argument('[spokes...]')
  .requiredOption('--tag <tag>', 'the tag of the release')
  .option('--hub <owner/repo>', 'the GitHub repository of the release (default: the git remote)')
  .option('--allow-backwards <list>', 'spokes, units or pointers that may move to an older version', list)
  .action((spokes, options) =>
    run(async (context) => (await import('./cli/publish.ts')).publishCommand(context, spokes, options)),
  )

program
  .command('status')
  .description('what every channel shows for a release; reads only')
  .argument('[spokes...]')
  .requiredOption('--tag <tag>', 'the tag of the release')
  .option('--hub <owner/repo>', 'the GitHub repository of the release (default: the git remote)')
  .action((spokes, options) =>
    run(async (context) => (await import('./cli/status.ts')).statusCommand(context, spokes, options)),
  )

program
  .command('verify')
  .description("whether users of every channel get the hub's bytes; reads only")
  .argument('[spokes...]')
  .requiredOption('--tag <tag>', 'the tag of the release')
  .option('--hub <owner/repo>', 'the GitHub repository of the release (default: the git remote)')
  .action((spokes, options) =>
    run(async (context) => (await import('./cli/status.ts')).verifyCommand(context, spokes, options)),
  )

program
  .command('retract')
  .description('take a release back from the channels; without --yes only what would be done')
  .argument('[spokes...]')
  .requiredOption('--tag <tag>', 'the tag of the release')
  .option('--hub <owner/repo>', 'the GitHub repository of the release (default: the git remote)')
  .option('--yes', 'carry it out')
  .option('--final', "also what can't be undone")
  .action((spokes, options) =>
    run(async (context) => (await import('./cli/retract.ts')).retractCommand(context, spokes, options)),
  )

program
  .command('instructions')
  .description('what users type to install, channel by channel, as Markdown: of a release, or as the config has it')
  .argument('[spokes...]')
  .option('--tag <tag>', 'the tag of a release')
  .option('--hub <owner/repo>', 'the GitHub repository of the release (default: the git remote)')
  .option('-f, --config <file>', 'the config to read')
  .action((spokes, options) =>
    run(async (context) => (await import('./cli/instructions.ts')).instructionsCommand(context, spokes, options)),
  )

program
  .command('render')
  .description(
    'the texts of every package manager, from the config, a context and a list of artifacts; nothing is built',
  )
  .requiredOption('--artifacts <file>', 'JSON: the artifacts with their digests, or a whole tagonce.json')
  .requiredOption('--context <file>', 'JSON: tag, and what else git would say')
  .option('-f, --config <file>', 'the config to read')
  .option('-o, --output <folder>', 'write the files there, instead of printing them')
  .action((options) => run(async (context) => (await import('./cli/render.ts')).renderCommand(context, options)))

program
  .command('explain')
  .description('what runs when this tag is pushed, what that does to the world, and what collides')
  .argument('[tag]')
  .option('--commit <commit>', "the commit whose files count (default: the tag's own, or HEAD)")
  .option('--event <event>', 'release, workflow_dispatch, schedule, … instead of a push')
  .option('--branch <branch>', 'a branch instead of a tag')
  .action((tag, options) =>
    run(async (context) => (await import('./cli/explain.ts')).explainCommand(context, tag, options)),
  )

program
  .command('clean')
  .description('the way to one workflow a tag: which stays, which go to the archive, and what that would lose')
  .option('--apply', 'carry the plan out: all of it or nothing')
  .option('--keep <file>', 'the workflow that stays, whatever the evidence says')
  .option('--also <files...>', 'archive these, too: refused files, backups, workflows that also do other work')
  .option('--allow-loss <names>', 'channels that may lose their last publisher, or urls', list)
  .option('--runs <files...>', "answers of GitHub's runs API, as evidence")
  .option('--github', 'ask GitHub for the runs, as evidence')
  .option('--lock', 'only write the fan-out lock anew')
  .action((options) => run(async (context) => (await import('./cli/clean.ts')).cleanCommand(context, options)))

program
  .command('audit')
  .description('everything that goes wrong with releases, found in the repository; exit 1 on errors')
  .option('--tag <tag>', 'the tag that would be pushed (default: the next patch version)')
  .option('--commit <commit>', 'a commit instead of the working tree')
  .option('--sarif [file]', 'the findings as SARIF 2.1.0, into a file or to standard output')
  .option('--locked', 'only hold what a tag fires against the fan-out lock; exit 1 when it is something else')
  .option('--history', 'what every tag fired, by the files of its own commit')
  .option('--runs <files...>', "with --history: answers of GitHub's runs API, set beside it")
  .option('--github', 'with --history: ask GitHub for the runs')
  .option('--html <file>', 'with --history: a page with a chart')
  .action((options) =>
    run(async (context) => {
      if (options.locked === true) return (await import('./cli/clean.ts')).lockedCommand(context)
      if (options.history === true) return (await import('./cli/history.ts')).historyCommand(context, options)
      return (await import('./cli/audit.ts')).auditCommand(context, options)
    }),
  )

program
  .command('freeze')
  .description(
    'no version tag is pushed while the audit has errors: a pre-push hook, and with a token a ruleset on GitHub',
  )
  .action(() => run(async (context) => (await import('./cli/freeze.ts')).freezeCommand(context)))

program
  .command('thaw')
  .description('lift the freeze, here and on GitHub')
  .action(() => run(async (context) => (await import('./cli/freeze.ts')).thawCommand(context)))

program
  .command('workflow')
  .description('write the one release workflow, RELEASING.md and the fan-out lock from the config')
  .option('--check', 'only say what has drifted; exit 1 when something has')
  .option('--file <file>', 'the file of the workflow (default: the one that releases now)')
  .action((options) => run(async (context) => (await import('./cli/workflow.ts')).workflowCommand(context, options)))

program
  .command('__world', { hidden: true })
  .allowUnknownOption()
  .argument('[args...]')
  .action(async (args) => {
    process.exitCode = await (await import('./rehearsal/world-process.ts')).runWorldProcess(args)
  })

/** As with GoReleaser, no command means `release`. */
function withCommand(args: string[]): string[] {
  const known = new Set(['help', ...program.commands.flatMap((one) => [one.name(), ...one.aliases()])])
  const alone = args.length === 1 && ['-h', '--help', '-v', '--version'].includes(args[0] ?? '')
  const word = args.find((one, at) => !one.startsWith('-') && !['-C', '--dir'].includes(args[at - 1] ?? ''))
  // A first word that is no command is a slip, and told as one.
  const slip = word !== undefined && word === args[0]
  return alone || slip || args.some((one) => known.has(one)) ? args : ['release', ...args]
}

try {
  await program.parseAsync(withCommand(process.argv.slice(2)), { from: 'user' })
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
}
