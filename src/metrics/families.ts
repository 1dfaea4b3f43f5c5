// Which metrics are there? One table: names, kinds, labels and meanings.

export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const PROCESS = ['group', 'process'] as const;

// oxfmt-ignore
export const METRICS = {
  tsvisor_build_info: { type: 'gauge', labels: ['version'], help: 'Always 1; the version of tsvisor is its label.' },
  tsvisor_up: { type: 'gauge', labels: [], help: '1 while the supervisor runs, 0 while it stops or restarts.' },
  tsvisor_start_time_seconds: { type: 'gauge', labels: [], help: 'When this supervisor began, in seconds since the epoch.' },
  tsvisor_resident_memory_bytes: { type: 'gauge', labels: [], help: 'Resident memory of the supervisor itself.' },
  tsvisor_cpu_seconds: { type: 'counter', labels: [], help: 'CPU time of the supervisor itself.' },
  tsvisor_oom_score_adj: { type: 'gauge', labels: [], help: 'The oom_score_adj of the supervisor itself.' },
  tsvisor_guardian_present: { type: 'gauge', labels: [], help: '1 while a guardian would clean up after a killed supervisor.' },
  tsvisor_supervisor_deaths: { type: 'counter', labels: ['cause', 'certainty'], help: 'Deaths of supervisors before this one that nobody had asked for, by what was found to have killed them.' },
  tsvisor_processes: { type: 'gauge', labels: ['state'], help: 'Processes by state.' },
  tsvisor_processes_untold: { type: 'gauge', labels: [], help: 'Processes beyond the first 2000, which have no metrics of their own.' },
  tsvisor_process_up: { type: 'gauge', labels: PROCESS, help: '1 while the process is RUNNING.' },
  tsvisor_process_state: { type: 'gauge', labels: PROCESS, help: 'The number of its state: 0 STOPPED, 10 STARTING, 20 RUNNING, 30 BACKOFF, 40 STOPPING, 100 EXITED, 200 FATAL, 1000 UNKNOWN.' },
  tsvisor_process_ready: { type: 'gauge', labels: PROCESS, help: 'Whether a program that says when it is ready has said so in this life.' },
  tsvisor_process_healthy: { type: 'gauge', labels: PROCESS, help: '1 while its health checks find it healthy, 0 while they do not or have not decided yet.' },
  tsvisor_process_next_run_timestamp_seconds: { type: 'gauge', labels: PROCESS, help: 'When it is started next by its schedule, in seconds since the epoch.' },
  tsvisor_process_start_time_seconds: { type: 'gauge', labels: PROCESS, help: 'When its leader was started last, in seconds since the epoch.' },
  tsvisor_process_restarts: { type: 'counter', labels: [...PROCESS, 'cause'], help: 'Starts after an end, by that end: oom, exit, signal, watchdog, unhealthy or operator. Outlives the supervisor.' },
  tsvisor_process_oom_kills: { type: 'counter', labels: [...PROCESS, 'cause', 'certainty'], help: 'Members or leaders killed for memory. Outlives the process and the supervisor.' },
  tsvisor_process_last_death_timestamp_seconds: { type: 'gauge', labels: PROCESS, help: 'When its leader ended last, in seconds since the epoch.' },
  tsvisor_process_resident_memory_bytes: { type: 'gauge', labels: PROCESS, help: 'Resident memory of all members; shared pages count for each.' },
  tsvisor_process_proportional_memory_bytes: { type: 'gauge', labels: PROCESS, help: 'Memory of all members, shared pages divided among those who share them (PSS), where measure_pss asks for it; up to 30 s old.' },
  tsvisor_process_charged_memory_bytes: { type: 'gauge', labels: PROCESS, help: 'Memory charged to its cgroup: what memory_max is compared with.' },
  tsvisor_process_memory_limit_bytes: { type: 'gauge', labels: PROCESS, help: 'Its memory_max, where something enforces it.' },
  tsvisor_process_cpu_seconds: { type: 'counter', labels: PROCESS, help: 'CPU time of its members, as far as it was seen: what a member used between the last look and its end is not. Outlives the process and the supervisor.' },
  tsvisor_process_members: { type: 'gauge', labels: PROCESS, help: 'OS processes that belong to it, the leader included.' },
  tsvisor_process_oom_score_adj: { type: 'gauge', labels: [...PROCESS, 'kind'], help: 'The oom_score_adj that was requested, and the one that the kernel gave (effective).' },
  tsvisor_process_log_bytes: { type: 'counter', labels: [...PROCESS, 'stream'], help: 'Bytes that it wrote to a captured stream under this supervisor.' },
  tsvisor_process_log_lost_bytes: { type: 'counter', labels: [...PROCESS, 'stream', 'reason'], help: 'Bytes of a stream that its log does not hold, since it was opened: over a rate limit or a slow reader (dropped), or the log could not be written (failed).' },
  tsvisor_process_log_dropped_lines: { type: 'counter', labels: [...PROCESS, 'stream'], help: 'Lines of a stream that were dropped over a rate limit or a slow reader, since it was opened.' },
  tsvisor_log_lost_bytes: { type: 'counter', labels: ['reason'], help: 'Bytes of output that no log holds: over a rate limit or a slow reader (dropped), or the log could not be written (failed).' },
  tsvisor_hook_events: { type: 'counter', labels: ['hook', 'result'], help: 'Events for hooks under this supervisor: sent, failed after every attempt, or dropped because too many waited.' },
  tsvisor_sweep_duration_seconds: { type: 'histogram', labels: [], help: 'Sweeps that had members to kill: from the request to the sight of emptiness.' },
  tsvisor_recovery_duration_seconds: { type: 'histogram', labels: [], help: 'From an unexpected end of a leader to the next launch, delays included.' },
  tsvisor_machine_memory_available_bytes: { type: 'gauge', labels: [], help: 'MemAvailable of the machine.' },
  tsvisor_machine_memory_pressure_ratio: { type: 'gauge', labels: [], help: 'Part of the last ten seconds in which some task waited for memory (PSI).' },
  tsvisor_machine_memory_waiting_seconds: { type: 'counter', labels: [], help: 'Time in which some task of the machine waited for memory (PSI).' },
  tsvisor_machine_oom_kills: { type: 'counter', labels: [], help: 'oom_kill of /proc/vmstat: every OOM kill of the machine since boot.' },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;
