use super::*;
use crate::command::testing::Still;

const STEP_MILLISECONDS: u64 = 2_000;

fn one() -> ReportSource {
    ReportSource::Path("r.xml".into())
}

fn fresh(machine: &Still, change: impl FnOnce(&Still)) -> bool {
    let before = Before::look(machine, machine, &one()).unwrap();
    change(machine);
    let after = before.compare(machine, &one()).unwrap();
    assert_eq!(after.fresh.len() + after.stale.len(), 1);
    after.stale.is_empty()
}

#[test]
fn a_report_is_fresh_when_its_time_changed_even_to_the_same_content() {
    let machine = Still::at(100);
    machine.put("r.xml", 90_000, "<a/>");
    assert!(fresh(&machine, |machine| machine.put("r.xml", 101_000, "<a/>")));
}

#[test]
fn an_untouched_report_is_stale_however_young_it_is() {
    let machine = Still::at(100);
    machine.put("r.xml", 99_999, "<a/>");
    assert!(!fresh(&machine, |_| {}));
}

#[test]
fn a_coarse_clock_of_the_file_system_is_made_up_for_by_the_content() {
    let machine = Still::at(100);
    machine.put("r.xml", 100_000 - STEP_MILLISECONDS, "<a/>");
    assert!(fresh(&machine, |machine| {
        machine.put("r.xml", 100_000 - STEP_MILLISECONDS, "<b/>");
    }));
}

#[test]
fn a_copy_restored_with_its_old_time_is_stale() {
    let machine = Still::at(100);
    assert!(!fresh(&machine, |machine| machine.put("r.xml", 50_000, "<a/>")));
    assert!(fresh(&machine, |machine| machine.put("r.xml", 100_500, "<b/>")));
}

#[test]
fn of_many_reports_only_the_written_ones_are_fresh() {
    let machine = Still::at(100);
    machine.put("a.xml", 90_000, "<a/>");
    machine.put("b.xml", 90_000, "<b/>");
    let glob = ReportSource::Glob("*.xml".into());
    let before = Before::look(&machine, &machine, &glob).unwrap();
    machine.put("b.xml", 100_100, "<b/>");
    machine.put("c.xml", 100_100, "<c/>");
    let after = before.compare(&machine, &glob).unwrap();
    assert_eq!(after.fresh, ["b.xml", "c.xml"]);
    assert_eq!(after.stale, ["a.xml"]);
}
