//! `cargo xtask bench plugin`: what plugins cost, cold and warm, in whole processes and call by call.

mod calls;
mod gates;
mod programs;

use std::fs;

use super::measure::Series;
use super::measured::Measured;
use super::portal::Portal;
use super::table::{Bar, Page, Row, Unit};
use crate::failure::Failure;
use crate::process::root;
use gates::{Cache, Gates};
use programs::{LANGUAGES, Language, Programs};

/// Measures and prints two tables.
///
/// # Errors
/// [`Failure`] when a program or a guest does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let scratch = root().join("target/bench/plugin");
    fs::create_dir_all(&scratch).map_err(Failure::io("make a folder"))?;
    let programs = Programs::build(&scratch)?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    let portal = Portal::start(&programs.portal, folder.path())?;
    let gates = Gates::write(&programs, folder.path(), portal.url())?;

    let mut rows = vec![start_up(&gates, runs)?];
    for language in LANGUAGES {
        rows.extend(whole(&gates, language, runs)?);
    }
    let page = Page {
        peers: &["without plugins"],
        versions: vec![
            "Tidegate without the feature, or on the same gate without the plugin".to_owned(),
        ],
        commands: gates.commands(),
        rows,
    };
    let whole = page.print();
    println!();
    whole.and(calls::print(&programs, runs))
}

/// A program that could run plugins, and one that could not, on a gate without any.
fn start_up(gates: &Gates, runs: usize) -> Result<Row, Failure> {
    let measured = Measured::take(runs, gates.plan(), vec![Some(gates.plan_without_feature())])?;
    let bar = Bar::AtMostMore(1.0);
    Ok(measured.row(
        "plan of a gate without plugins, CPU",
        Unit::Milliseconds,
        bar,
        Series::cpu,
    ))
}

/// A run with one plugin, compiled or loaded, beside the same gate without it.
fn whole(gates: &Gates, language: Language, runs: usize) -> Result<Vec<Row>, Failure> {
    let cold = gates.with_plugin(language, Cache::Empty);
    let cold = Measured::take(runs, cold, vec![Some(gates.without_plugin())])?;
    let warm = gates.with_plugin(language, Cache::Filled);
    let warm = Measured::take(runs, warm, vec![Some(gates.without_plugin())])?;
    let bar = Bar::AtMostMore(language.most_cold());
    let [cold_wall, cold_cpu, warm_wall, warm_peak] = language.row_names();
    Ok(vec![
        cold.row(cold_wall, Unit::Milliseconds, bar, Series::wall),
        cold.row(cold_cpu, Unit::Milliseconds, Bar::None, Series::cpu),
        warm.row(warm_wall, Unit::Milliseconds, Bar::None, Series::wall),
        warm.row(warm_peak, Unit::Mebibytes, Bar::None, Series::peak),
    ])
}
