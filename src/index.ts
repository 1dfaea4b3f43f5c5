// What does the package give to other programs? A client for a running tsvisor, the config loader, and the types of both.

export { createClient } from './api/client.ts';
export type { ActOptions, Client, Timing } from './api/client.ts';
export { findConfig } from './config/find.ts';
export { loadPlan } from './config/load.ts';
export { runtimeOf } from './config/runtime.ts';
export type * from './model/command.ts';
export { ERRORS, TsvisorError } from './model/errors.ts';
export type { ErrorCode } from './model/errors.ts';
export type * from './model/event.ts';
export { namespec, parseSelector } from './model/name.ts';
export type { Selector } from './model/name.ts';
export type * from './model/phase.ts';
export type * from './model/plan.ts';
export { formatProblem } from './model/problem.ts';
export type { Problem } from './model/problem.ts';
export { MOODS, STATES } from './model/state.ts';
export type { Mood, State } from './model/state.ts';
export type * from './model/verdict.ts';
