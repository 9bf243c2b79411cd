//! The same gate in other forms and files, and forms that are broken.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tidegate_config::{Text, Written};

use crate::bench::{Files, GATE, between, compared, written};
use crate::support::{Packs, registry};

#[test]
fn a_pack_that_moved_is_the_same_and_one_that_lost_a_check_is_not() {
    let pack = "checks:\n  one: { flow: [{ get: / }] }\n  two: { flow: [{ get: /a }] }\n";
    let gate = |path: &str| format!("{GATE}include: [{{ pack: ./{path}, as: own }}]\n");
    let before = written(
        &gate("pack.yaml"),
        &[("./pack.yaml", pack), ("pack.yaml", pack)],
    );
    let after = written(
        &gate("deep/pack.yaml"),
        &[("./deep/pack.yaml", pack), ("deep/pack.yaml", pack)],
    );
    assert_eq!(compared(&before, &after), []);
    let less = "checks:\n  one: { flow: [{ get: / }] }\n";
    let after = written(
        &gate("pack.yaml"),
        &[("./pack.yaml", less), ("pack.yaml", less)],
    );
    let findings = compared(&before, &after);
    assert_eq!(findings[0].title, "The check `own/two` was removed");
    assert_eq!(findings[0].related[0].location.file, "pack.yaml");
}

/// The same gate, written otherwise: comments, blank lines, quotes and other keys first.
fn reformatted(text: &str, picks: &[u8]) -> String {
    let mut sections: Vec<String> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '-']) {
            sections.push(String::new());
        }
        let section = sections.last_mut().unwrap();
        let pick = picks[line.len() % picks.len()];
        if pick & 1 == 1 {
            section.push_str("\n# another comment\n");
        }
        section.push_str(line);
        section.push_str(if pick & 2 == 2 { "   # said\n" } else { "\n" });
    }
    let turn = usize::from(picks[0]) % sections.len();
    sections.rotate_left(turn);
    sections.concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_gate_held_against_itself_is_as_strict_however_it_is_written(
        picks in prop::collection::vec(any::<u8>(), 1..20),
    ) {
        let findings = between(GATE, &reformatted(GATE, &picks));
        prop_assert_eq!(findings, []);
        let findings = between(&reformatted(GATE, &picks), GATE);
        prop_assert_eq!(findings, []);
    }

    #[test]
    fn no_two_gates_make_the_comparison_fail(
        cut in 0..GATE.lines().count(),
        other in 0..GATE.lines().count(),
        words in prop::collection::vec("[a-z0-9:{} \\-\\[\\]]{0,12}", 0..4),
    ) {
        let lines: Vec<&str> = GATE.lines().collect();
        let mut text: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        text[cut] = words.join(" ");
        text.swap(cut, other);
        let text = text.join("\n");
        let read = Written::read(&Text {
            path: Path::new("tidegate.yaml"),
        name: None,
            registry: &registry(),
            packs: &Packs,
            reader: &Files([(PathBuf::from("tidegate.yaml"), text)].into_iter().collect()),
        });
        if let Ok(after) = read {
            compared(&written(GATE, &[]), &after);
            compared(&after, &written(GATE, &[]));
        }
    }
}
