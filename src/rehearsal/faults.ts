/** A fault for a test: what happens to the nth mutating request that arrives after the fault was set. */
export interface Fault {
  /** From 1. */
  nth: number
  /** Before the world takes it in, or after it was carried out but not yet answered. */
  when: 'before' | 'after'
  /** SIGKILL a process, cut the connection, or answer with a status. */
  action: { kill: number } | 'drop' | { status: number; retryAfter?: number }
}

/** The faults that wait for their request. Kept in memory: they steer one run of the world. */
export class Faults {
  delayMs = 0
  #armed: { fault: Fault; seen: number }[] = []

  set(fault: Fault): void {
    this.#armed.push({ fault, seen: 0 })
  }

  /** The fault that meets a request; each fault meets one. */
  meet(mutating: boolean): Fault | undefined {
    if (!mutating) return undefined
    for (const one of this.#armed) one.seen += 1
    const due = this.#armed.find((one) => one.seen === one.fault.nth)
    this.#armed = this.#armed.filter((one) => one.seen < one.fault.nth)
    return due?.fault
  }
}

/** The fault in a word, for the log. */
export function faultName(fault: Fault): string {
  const action = fault.action === 'drop' ? 'drop' : 'kill' in fault.action ? 'kill' : String(fault.action.status)
  return `${action} ${fault.when}`
}
