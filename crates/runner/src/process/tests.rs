use std::path::Path;
use std::sync::Arc;

use tidegate_core::secret::Sensitive;

use super::*;
use crate::ports::EnvironmentSecrets;

struct Bench {
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build()
                .unwrap(),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn processes(&self) -> SystemProcesses {
        let secrets = EnvironmentSecrets::new(Arc::new(crate::tests::fakes::Set::default()));
        secrets.learn("TOKEN", "s3cr3t-value");
        SystemProcesses::new(self.runtime.handle().clone(), Arc::new(secrets))
    }

    fn command(&self, line: &str) -> Command {
        Command {
            line: line.into(),
            directory: self.folder.path().to_owned(),
            environment: vec![("TOKEN".into(), Sensitive::from("s3cr3t-value"))],
            output_cap: 10_000,
        }
    }

    fn run(&self, line: &str, limit: Duration) -> Completed {
        let run = self.processes().run(self.command(line), limit);
        self.runtime.block_on(run).unwrap()
    }

    /// The process id that a command wrote to a file, once it is there.
    fn pid(&self, file: &str) -> u32 {
        let path = self.folder.path().join(file);
        poll(|| std::fs::read_to_string(&path).ok()?.trim().parse().ok())
    }
}

/// Asks again and again, and gives up after a minute.
fn poll<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it never happened");
}

/// Waits until no process of this id runs; a zombie that waits for its parent does not run.
fn gone(pid: u32) {
    poll(|| {
        let status = std::fs::read_to_string(Path::new("/proc").join(format!("{pid}/stat")));
        let runs = status.is_ok_and(|status| !status.contains(") Z"));
        (!runs).then_some(())
    });
}

const LONG: Duration = Duration::from_secs(60);
const GRANDCHILD: &str = "sh -c 'sleep 300 & echo $! > grandchild; wait' & wait";

#[test]
fn both_outputs_arrive_in_order_with_the_exit_code_and_without_secrets() {
    let bench = Bench::new();
    let done = bench.run("echo one; echo $TOKEN >&2; echo three; exit 7", LONG);
    assert_eq!(done.output, "one\n[TOKEN]\nthree\n");
    assert_eq!((done.code, done.timed_out), (Some(7), false));
}

#[test]
fn nothing_is_waited_for_on_standard_input() {
    assert_eq!(Bench::new().run("cat", LONG).code, Some(0));
}

#[test]
fn the_limit_ends_grandchildren_too() {
    let bench = Bench::new();
    let line = format!("echo begun; {GRANDCHILD}");
    let processes = bench.processes();
    let run = processes.run(bench.command(&line), Duration::from_millis(500));
    let done = bench.runtime.block_on(run).unwrap();
    assert!(done.timed_out);
    assert_eq!((done.code, done.output.as_str()), (None, "begun\n"));
    gone(bench.pid("grandchild"));
}

#[test]
fn a_program_that_ignores_the_request_is_ended() {
    let bench = Bench::new();
    let processes = bench.processes();
    let line = "trap '' TERM; echo $$ > stubborn; while :; do sleep 1; done";
    let running = bench
        .runtime
        .block_on(processes.start(bench.command(line)))
        .unwrap();
    let pid = bench.pid("stubborn");
    bench.runtime.block_on(running.stop(Duration::ZERO));
    gone(pid);
}

#[test]
fn what_a_program_leaves_in_the_background_is_ended() {
    let bench = Bench::new();
    let done = bench.run("sleep 300 & echo $! > background; echo over", LONG);
    assert_eq!((done.code, done.output.as_str()), (Some(0), "over\n"));
    gone(bench.pid("background"));
}

#[test]
fn nobody_waiting_any_more_ends_the_group() {
    let bench = Bench::new();
    let run = bench.processes().run(bench.command(GRANDCHILD), LONG);
    let waiting = bench.runtime.spawn(run);
    let pid = bench.pid("grandchild");
    waiting.abort();
    gone(pid);
}

#[test]
fn a_running_program_tells_its_output_and_its_end() {
    let bench = Bench::new();
    let processes = bench.processes();
    let line = "echo ready $TOKEN; until test -e go; do sleep 0.02; done; exit 3";
    let running = bench
        .runtime
        .block_on(processes.start(bench.command(line)))
        .unwrap();
    poll(|| (running.output() == "ready [TOKEN]\n").then_some(()));
    assert_eq!(running.exited(), None);
    std::fs::write(bench.folder.path().join("go"), "").unwrap();
    assert_eq!(poll(|| running.exited()), Some(3));
    bench.runtime.block_on(running.stop(Duration::ZERO));
}

#[test]
fn dropping_a_running_program_ends_it() {
    let bench = Bench::new();
    let processes = bench.processes();
    let running = bench
        .runtime
        .block_on(processes.start(bench.command(GRANDCHILD)))
        .unwrap();
    let pid = bench.pid("grandchild");
    drop(running);
    gone(pid);
}

#[test]
fn a_missing_folder_is_named() {
    let bench = Bench::new();
    let mut command = bench.command("true");
    command.directory = bench.folder.path().join("nowhere");
    let run = bench.processes().run(command.clone(), LONG);
    let error = bench.runtime.block_on(run).unwrap_err();
    assert_eq!(error, ProcessError::NoDirectory(command.directory));
}

#[test]
fn a_command_that_is_watched_ends_by_itself_or_is_stopped_with_all_it_started() {
    let bench = Bench::new();
    let folder = bench.folder.path();
    let stop = crate::Stop::new();
    let ended = shown("exit 3", folder, &stop).unwrap();
    assert_eq!(ended.and_then(|status| status.code()), Some(3));
    assert!(shown("true", &folder.join("missing"), &stop).is_err());
    let stopped = std::thread::scope(|scope| {
        let stopped = scope.spawn(|| shown(GRANDCHILD, folder, &stop));
        bench.pid("grandchild");
        stop.request();
        stopped.join().unwrap().unwrap()
    });
    assert_eq!(stopped, None);
    gone(bench.pid("grandchild"));
}
