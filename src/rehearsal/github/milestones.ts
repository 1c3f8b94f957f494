import { json, type Route } from './route.ts'

/** Milestones, of which a fresh repository has none: https://docs.github.com/en/rest/issues/milestones */
export const milestoneRoutes: Route[] = [
  { method: 'GET', path: '/repos/{owner}/{repo}/milestones', doc: 'issues/milestones', run: () => json([]) },
]
