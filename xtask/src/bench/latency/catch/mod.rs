//! `cargo xtask bench latency --catch`: how often the slow and racing switches of the example portal are
//! caught, and what the good portal gets, quiet and beside a machine's other work.

mod gates;
mod quiet;

use std::process::{Child, Command, Stdio};
use std::time::Instant;

use super::gate;
use super::load;
use super::outcome::Outcome;
use crate::bench::ours::Ours;
use crate::bench::portal::Portal;
use crate::bench::table::{all_met, machine, table};
use crate::failure::Failure;
use gates::{Case, GOOD_ROUTES};
use quiet::Quiet;

/// How often each switch is tried, and in how many of these runs it must be caught.
const RUNS: usize = 20;
const CAUGHT: usize = 19;
/// How often the good portal is gated beside a busy loop on each core; none may block it.
const STRESSED: usize = 50;
/// The factors of the quiet p95 at which shares are told without a bar.
const NEAR: [f64; 2] = [1.2, 1.0];
/// How many times the quiet p95 a latency budget is.
const ROOM: f64 = 3.0;

/// Tries everything and prints tables.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(in crate::bench) fn run(ours: &Ours) -> Result<(), Failure> {
    let begun = Instant::now();
    println!(
        "Machine: {}; {}; {}\n",
        machine()?,
        load(),
        ours.profile.note()
    );
    let bench = Bench { ours };
    let quiet = Quiet::measure(&bench)?;
    println!("{}", quiet.show());
    let mut missed = switches(&bench, &quiet)?;
    missed.extend(good(&bench, &quiet)?);
    println!("All of it took {} s.", begun.elapsed().as_secs());
    all_met(&missed)
}

/// The programs that are tried.
struct Bench<'a> {
    ours: &'a Ours,
}

impl Bench<'_> {
    /// Gates a fresh portal once.
    fn gate(&self, regression: Option<&str>, gate: &str, seed: usize) -> Result<Outcome, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
        let Ours {
            tidegate, portal, ..
        } = self.ours;
        let portal = Portal::with(portal, folder.path(), regression)?;
        gate::run(tidegate, folder.path(), gate, |command| {
            command
                .args(["--seed", &seed.to_string()])
                .env("PORTAL_URL", portal.url())
                .env("ANNA_PASSWORD", "anna-demo-password");
        })
    }
}

/// How often each switch is caught; the names of those that are not caught often enough.
fn switches(bench: &Bench<'_>, quiet: &Quiet) -> Result<Vec<String>, Failure> {
    let (mut rows, mut missed) = (Vec::new(), Vec::new());
    for case in Case::all(quiet) {
        let mut caught = 0;
        let mut others = Vec::new();
        for run in 0..RUNS {
            let outcome = bench.gate(Some(case.switch), &case.gate, run)?;
            if outcome.caught(case.code) {
                caught += 1;
            } else {
                others.push(outcome.short());
            }
        }
        eprintln!("{}: {caught} of {RUNS}", case.name);
        let met = caught >= CAUGHT || !case.has_bar;
        if !met {
            missed.push(case.name.to_owned());
        }
        rows.push(vec![
            format!("`{}`", case.switch),
            case.name.to_owned(),
            format!("`{}`", case.code),
            format!("{caught} of {RUNS}"),
            others.join(", "),
            bar(case.has_bar, &format!("≥ {CAUGHT}"), met),
        ]);
    }
    let head = ["Switch", "Judged by", "Code", "Caught", "Other runs", "Bar"].map(str::to_owned);
    println!("{}", table(&head, rows));
    Ok(missed)
}

/// What becomes of the good portal; the names of the bars that it misses.
fn good(bench: &Bench<'_>, quiet: &Quiet) -> Result<Vec<String>, Failure> {
    let mut rows = Vec::new();
    let mut line = |name: String, factor: f64, runs: usize, stressed: bool| {
        let stress = stressed.then(Stress::start).transpose()?;
        let gate = gates::good(quiet, factor);
        let outcomes = (0..runs)
            .map(|run| bench.gate(None, &gate, run))
            .collect::<Result<Vec<_>, _>>()?;
        drop(stress);
        let blocked = outcomes.iter().filter(|one| one.is("block")).count();
        eprintln!("{name}: {blocked} of {runs} blocked");
        let met = blocked == 0 || !stressed;
        let shares = ["allow", "allow-with-warnings", "block", "inconclusive"];
        let mut row = vec![name, runs.to_string()];
        row.extend(shares.map(|verdict| {
            outcomes
                .iter()
                .filter(|one| one.is(verdict))
                .count()
                .to_string()
        }));
        row.push(bar(stressed, "no block", met));
        rows.push(row);
        Ok::<bool, Failure>(met)
    };
    let met = line(
        format!("{ROOM} × quiet p95, a busy loop on each core"),
        ROOM,
        STRESSED,
        true,
    )?;
    line(format!("{ROOM} × quiet p95"), ROOM, RUNS, false)?;
    for factor in NEAR {
        line(format!("{factor:.1} × quiet p95"), factor, RUNS, false)?;
    }
    let head = [
        "Latency budgets of the good portal",
        "Runs",
        "Allow",
        "Warn",
        "Block",
    ];
    let head = head.into_iter().chain(["Inconclusive", "Bar"]);
    let head: Vec<String> = head.map(str::to_owned).collect();
    println!("Routes: {}.\n", GOOD_ROUTES.join(", "));
    println!("{}", table(&head, rows));
    Ok(if met {
        Vec::new()
    } else {
        vec!["the good portal under stress".to_owned()]
    })
}

fn bar(has_bar: bool, bar: &str, met: bool) -> String {
    match (has_bar, met) {
        (false, _) => "–".to_owned(),
        (true, true) => format!("{bar}: met"),
        (true, false) => format!("{bar}: **missed**"),
    }
}

/// A busy loop on each core; it ends when dropped.
struct Stress(Vec<Child>);

impl Stress {
    fn start() -> Result<Self, Failure> {
        let cores = std::thread::available_parallelism().map_err(Failure::io("count the cores"))?;
        let mut loops = Self(Vec::new());
        for _ in 0..cores.get() {
            let mut command = Command::new("yes");
            command.stdin(Stdio::null()).stdout(Stdio::null());
            let child = command.spawn();
            loops.0.push(child.map_err(Failure::io("start `yes`"))?);
        }
        Ok(loops)
    }
}

impl Drop for Stress {
    fn drop(&mut self) {
        for child in &mut self.0 {
            // It may have ended by itself; then there is nothing left to end.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
