use proptest::prelude::*;

use super::*;

fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
    let owned = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
    Table {
        title: "Variables".into(),
        columns: owned(columns),
        rows: rows.iter().map(|row| owned(row)).collect(),
    }
}

fn lines(table: &Table, style: &Style) -> Vec<String> {
    Grid::of(table, 2, style).unwrap().lines("  ")
}

const NARROW: Style = Style {
    color: false,
    width: 40,
    unicode: true,
};

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    let table = table(&["Name", "local"], &[&["A", "set"], &["LONGER", "missing"]]);
    assert_eq!(
        lines(&table, &NARROW),
        [
            "  Name    local",
            "  ──────  ───────",
            "  A       set",
            "  LONGER  missing",
        ]
    );
}

#[test]
fn wide_and_combining_characters_keep_the_columns_in_place() {
    let table = table(&["名", "b"], &[&["データ", "x"], &["e\u{301}", "y"]]);
    let lines = lines(&table, &NARROW);
    assert_eq!(lines[0], "  名      b");
    assert_eq!(lines[2], "  データ  x");
    assert_eq!(lines[3], "  e\u{301}       y");
}

#[test]
fn the_widest_columns_are_shortened_first() {
    let long = "a long text that has no room here";
    let table = table(&["Name", "local"], &[&["SHORT", long]]);
    assert_eq!(
        lines(&table, &NARROW)[2],
        "  SHORT  a long text that has no room h…"
    );
    let ascii = Style {
        unicode: false,
        ..NARROW
    };
    assert_eq!(
        lines(&table, &ascii)[2],
        "  SHORT  a long text that has no room..."
    );
}

#[test]
fn a_name_without_room_keeps_its_end() {
    let long = "NEXT_PUBLIC_SUPABASE_ANON_KEY";
    let table = table(
        &["Variable", "local"],
        &[&[long, long], &["データデータデータデータデータデータ", ""]],
    );
    assert_eq!(
        lines(&table, &NARROW)[2..],
        [
            "  NEXT_PUBL…ANON_KEY  NEXT_PUBLIC_SUPAB…",
            "  データデ…タデータ"
        ]
    );
}

#[test]
fn what_has_no_room_is_counted() {
    let row: &[&str] = &["a long cell"; 8];
    let table = table(row, &[row; 3]);
    let lines = lines(&table, &NARROW);
    assert_eq!(lines[2], "  a lo…ell  a long…   a long…   a long…");
    assert_eq!(lines[4], "  (1 row and 4 columns more in the JSON report)");
    assert_eq!(lines.len(), 5);
}

#[test]
fn rows_of_another_length_are_filled_up_or_cut() {
    let table = table(&["a", "b"], &[&["1"], &["1", "2", "3"]]);
    assert_eq!(lines(&table, &NARROW)[2..], ["  1", "  1  2"]);
}

#[test]
fn a_table_without_rows_or_columns_is_none() {
    assert!(Grid::of(&table(&["a"], &[]), 9, &NARROW).is_none());
    assert!(Grid::of(&table(&[], &[&["a"]]), 9, &NARROW).is_none());
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_width(
        cells in prop::collection::vec(prop::collection::vec("[\\PC\n\t\u{0}-\u{9f}]{0,30}", 0..12), 1..6),
        width in 0usize..120,
        unicode: bool,
    ) {
        let table = Table {
            title: String::new(),
            columns: cells[0].clone(),
            rows: cells,
        };
        let style = Style { color: false, width, unicode };
        if let Some(grid) = Grid::of(&table, 4, &style) {
            let lines = grid.lines("  ");
            let drawn = lines.iter().filter(|line| !line.ends_with("JSON report)"));
            for line in drawn {
                prop_assert!(display_width(line) <= width.max(NARROWEST + 2), "{line:?}");
                prop_assert!(!line.contains(['\n', '\t']));
            }
        }
    }
}
