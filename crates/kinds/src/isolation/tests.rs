use tidegate_core::gate::EnvironmentKind;

use super::testing::{CONFIG, Fault, Manner, portal, run, run_with, trial};

#[test]
fn a_portal_that_keeps_its_tenants_apart_passes() {
    let tried = run(&[], &[]);
    assert_eq!(tried.codes(), Vec::<&str>::new());
    assert_eq!(tried.doubt(), "");
    assert!(tried.is_clean(), "{:?}", tried.cleanup.kept());
    assert!(
        tried.report().evaluated > 20,
        "{}",
        tried.report().evaluated
    );
}

#[test]
fn one_resource_costs_well_under_fifty_requests() {
    let sent = run(&[], &[]).portal.lines();
    assert!(sent.len() < 60, "{}: {sent:#?}", sent.len());
}
